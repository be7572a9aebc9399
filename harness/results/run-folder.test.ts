import { mkdtemp, readlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { claimRunFolder, createRunFolder } from './run-folder.ts'

const newParent = () => mkdtemp(join(tmpdir(), 'zonefall-test-'))
const at = new Date('2026-11-24T12:30:05.999Z')

test('two runs of one second get two folders, and latest points at the newer', async () => {
  const parent = await newParent()
  const first = await createRunFolder(parent, 'gateway-kill', at)
  const second = await createRunFolder(parent, 'gateway-kill', at)
  expect(basename(first.path)).toBe('2026-11-24T12-30-05-gateway-kill')
  expect(basename(second.path)).toBe('2026-11-24T12-30-05-gateway-kill-2')
  expect(await readlink(join(parent, 'latest'))).toBe(basename(second.path))
})

test('a folder that holds something is not written into', async () => {
  const parent = await newParent()
  await writeFile(join(parent, 'verdict.json'), '{}')
  await expect(claimRunFolder(parent)).rejects.toThrow('is not empty')
  expect((await claimRunFolder(join(parent, 'new'))).path).toBe(join(parent, 'new'))
})

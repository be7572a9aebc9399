import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Config } from '../../config/schema.ts'
import { permit, readAuthority } from './token.ts'

const TOKEN = 'a-token-of-nineteen'
const config = (path?: string) => ({ admin: path ? { 'token-file': path } : {} }) as Config

test('nobody, as long as no token is given', () => {
  expect(permit(readAuthority(config(), undefined), `Bearer ${TOKEN}`)).toBe('off')
})

test.each([
  [`Bearer ${TOKEN}`, 'granted'],
  [`bearer ${TOKEN}`, 'granted'],
  [`Bearer ${TOKEN}x`, 'refused'],
  ['Bearer ', 'refused'],
  [TOKEN, 'refused'],
  [undefined, 'refused'],
] as const)('%s: %s', (header, permission) => {
  expect(permit(readAuthority(config(), TOKEN), header)).toBe(permission)
})

test('the file goes first; one that is of no use is said, and so is a token that can be guessed', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'lb-')), 'token')
  await writeFile(path, 'the-file-goes-first\n')
  expect(permit(readAuthority(config(path), TOKEN), 'Bearer the-file-goes-first')).toBe('granted')
  await writeFile(path, 'short\n')
  expect(() => readAuthority(config(path), TOKEN)).toThrow(/16 characters/)
  expect(() => readAuthority(config('/nowhere/token'), TOKEN)).toThrow(/\/nowhere\/token cannot be read/)
  expect(() => readAuthority(config(), 'short')).toThrow(/ZONEFALL_LB_TOKEN: .*16 characters/)
})

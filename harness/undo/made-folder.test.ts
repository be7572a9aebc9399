import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { isMadeFolderPath, makeFolder, newFolderPath, removeMadeFolder } from './made-folder.ts'
import { undoEntrySchema } from './undo-entry.ts'

const newParent = () => mkdtemp(join(tmpdir(), 'zonefall-test-'))

test('a folder that was made is removed with all in it, any number of times', async () => {
  const path = newFolderPath(await newParent())
  await makeFolder(path)
  await mkdir(join(path, 'base/lb'), { recursive: true })
  await writeFile(join(path, 'base/lb/main.ts'), 'x')
  await removeMadeFolder(path)
  expect(existsSync(path)).toBe(false)
  await removeMadeFolder(path)
})

test('a removal that was interrupted is taken up again, whatever stands under the old name by then', async () => {
  const path = newFolderPath(await newParent())
  await makeFolder(path)
  await rename(path, `${path}.going`)
  await mkdir(join(path, 'node_modules'), { recursive: true })
  await removeMadeFolder(path)
  expect(await readdir(dirname(path))).toEqual([])
})

test('one that another made under such a name is left alone', async () => {
  const path = newFolderPath(await newParent())
  await mkdir(path)
  await writeFile(join(path, 'thesis.txt'), 'x')
  await expect(removeMadeFolder(path)).rejects.toThrow('was not made by Zonefall')
  expect(existsSync(join(path, 'thesis.txt'))).toBe(true)
})

test.each([
  '/',
  '/home/me',
  'gate-0123456789ab',
  '/state/../gate-0123456789ab',
  '/state/gate-0123456789ab/x',
])('the journal takes no other path: %s', path => {
  expect(isMadeFolderPath(path)).toBe(false)
  expect(undoEntrySchema.safeParse({ kind: 'remove-folder', path }).success).toBe(false)
})

test('the journal takes images of a gate only', () => {
  const takes = (reference: string) => undoEntrySchema.safeParse({ kind: 'remove-image', reference }).success
  expect(takes('zonefall-gate/shop-base-web:local')).toBe(true)
  expect(takes('zonefall/lb:local')).toBe(false)
})

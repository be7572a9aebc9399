import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, isAbsolute, join, normalize } from 'node:path'

/** In every folder that a gate made. A folder without it is somebody else's, whatever its name. */
const MARK = '.made-by-zonefall'
const NAME = /^gate-[0-9a-f]{12}$/

/** A path that does not exist yet; to be in the journal before the folder is made. */
export function newFolderPath(parent: string): string {
  return join(parent, `gate-${randomBytes(6).toString('hex')}`)
}

export function isMadeFolderPath(path: string): boolean {
  return isAbsolute(path) && path === normalize(path) && NAME.test(basename(path))
}

export async function makeFolder(path: string): Promise<void> {
  await mkdir(path)
  await writeFile(join(path, MARK), '')
}

/** Removes a folder that `makeFolder` made, or began to make, and nothing else. Idempotent; the mark goes last. */
export async function removeMadeFolder(path: string): Promise<void> {
  if (!existsSync(path)) return
  const names = await readdir(path)
  if (names.length > 0 && !names.includes(MARK)) throw new Error(`${path} was not made by Zonefall`)
  const others = names.filter(name => name !== MARK)
  await Promise.all(others.map(name => rm(join(path, name), { recursive: true, force: true })))
  await rm(path, { recursive: true, force: true })
}

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, isAbsolute, join, normalize } from 'node:path'

/** In every folder that a gate made. A folder without it is somebody else's, whatever its name. */
const MARK = '.made-by-zonefall'
const NAME = /^gate-[0-9a-f]{12}$/
/** A program that has not ended may yet write into what is being removed. */
const PATIENTLY = { recursive: true, force: true, maxRetries: 8, retryDelay: 50 } as const

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

/**
 * Removes a folder that `makeFolder` made, or began to make, and nothing else. Idempotent. It is renamed first, in
 * one step with its mark, which goes last: whoever is interrupted, or meets a folder that a program made again
 * under the old name meanwhile, still knows whose it is.
 */
export async function removeMadeFolder(path: string): Promise<void> {
  const going = `${path}.going`
  if (existsSync(path)) {
    if (existsSync(going)) await rm(path, PATIENTLY)
    else if (await isOurs(path)) await rename(path, going)
    else throw new Error(`${path} was not made by Zonefall`)
  }
  if (!existsSync(going)) return
  const others = (await readdir(going)).filter(name => name !== MARK)
  await Promise.all(others.map(name => rm(join(going, name), PATIENTLY)))
  await rm(path, PATIENTLY)
  await rm(going, PATIENTLY)
}

async function isOurs(path: string): Promise<boolean> {
  const names = await readdir(path)
  return names.length === 0 || names.includes(MARK)
}

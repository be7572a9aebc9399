import { mkdir, readdir, rename, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { writeFailure } from '../history/write-failure.ts'

/** One folder a run. Its files are explained in results/README.md. */
export interface RunFolder {
  readonly path: string
  trial(number: number): Promise<string>
}

/**
 * Makes `PARENT/2026-11-24T12-30-05-gateway-kill`, with `-2` … behind it if two runs begin in one second,
 * and points `PARENT/latest` at it.
 */
export async function createRunFolder(
  parent: string,
  experiment: string,
  startedAt: Date,
): Promise<RunFolder> {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(':', '-')
  await makeFolder(parent, { recursive: true })
  for (let attempt = 1; ; attempt += 1) {
    const path = join(parent, `${stamp}-${experiment}${attempt === 1 ? '' : `-${attempt}`}`)
    if (!(await makeFolder(path, { recursive: false }))) continue
    await pointLatest(path)
    return folderAt(path)
  }
}

/** Uses exactly the folder that the user named, which must be new or empty. Errors: RESULTS_EXIST. */
export async function claimRunFolder(path: string): Promise<RunFolder> {
  await makeFolder(path, { recursive: true })
  if ((await readdir(path)).length > 0) throw new ZonefallError('RESULTS_EXIST', `${path} is not empty.`)
  return folderAt(resolve(path))
}

/** A folder of a run that there is, or that its first trial makes. */
export function folderAt(path: string): RunFolder {
  return {
    path,
    async trial(number) {
      const trial = join(path, `trial-${number}`)
      await makeFolder(join(trial, 'logs'), { recursive: true })
      return trial
    },
  }
}

/** `false` when a folder of that name is there already. */
async function makeFolder(path: string, options: { recursive: boolean }): Promise<boolean> {
  try {
    await mkdir(path, options)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && !options.recursive) return false
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new ZonefallError('RESULTS_EXIST', `${path} is a file, or lies in one.`, { cause: error })
    }
    throw writeFailure(path, error)
  }
}

/** Moves the link in one step, so that it never points nowhere. */
async function pointLatest(path: string): Promise<void> {
  const draft = `${path}.latest`
  await symlink(basename(path), draft)
  await rename(draft, join(dirname(path), 'latest'))
}

import { existsSync, readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { ZonefallError } from '../errors/zonefall-error.ts'

/** A process, and where the system tells, when it started (in its own ticks): its id alone may be another's later. */
export interface ProcessIdentity {
  readonly pid: number
  readonly started: string | null
}

/** Who holds a project. */
export interface Holder extends ProcessIdentity {
  /** Since when it holds it, ISO 8601. */
  readonly since: string
}

export interface Lock extends AsyncDisposable {
  readonly path: string
}

/** One run at a time on one project. A lock whose process is gone is taken over. Errors: SYSTEM_LOCKED. */
export async function takeLock(path: string, project: string): Promise<Lock> {
  const own: Holder = { ...identify(process.pid), since: new Date().toISOString() }
  const draft = `${path}.${process.pid}`
  await writeFile(draft, JSON.stringify(own))
  try {
    for (;;) {
      const taken = await link(draft, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false
          throw error
        },
      )
      if (taken) break
      const holder = await readHolder(path)
      if (holder) {
        throw new ZonefallError(
          'SYSTEM_LOCKED',
          `Another run (process ${holder.pid}) is at work on ${project}.`,
        )
      }
      await removeStale(path, draft)
    }
  } finally {
    await rm(draft, { force: true })
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) }
}

/** Removes the lock of a process that is gone; one that is held stays, and is no error. */
export async function releaseStaleLock(path: string): Promise<void> {
  if (existsSync(path) && !(await readHolder(path))) await removeStale(path, `${path}.${process.pid}`)
}

/**
 * Moved aside before it is removed, and put back if somebody else took it over in between: of two that find
 * the same dead holder, the second must not remove the first one's lock.
 */
async function removeStale(path: string, draft: string): Promise<void> {
  const aside = `${draft}.stale`
  await rename(path, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  if (await readHolder(aside)) await link(aside, path)
  await rm(aside, { force: true })
}

/** The living holder of a lock, if there is one. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const holder = JSON.parse(text) as Holder
  return isAlive(holder) ? holder : undefined
}

export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const stat = readStat(pid)
  // Dead, though its parent has not asked for its exit code yet.
  if (stat && 'ZX'.includes(stat.state)) return false
  return started === null || stat?.started === started // the id may have been given to another process
}

export function identify(pid: number): ProcessIdentity {
  return { pid, started: readStat(pid)?.started ?? null }
}

/** Fields 3 and 22 of /proc/PID/stat, where there is such a file: our own processes, never a container's. */
function readStat(pid: number): { state: string; started: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', started: fields[19] ?? '' }
  } catch {
    return null
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from '../state/lock.ts'

/** Longer than a supervisor gives its program to end by itself. */
const BY_ITSELF_LIMIT_MS = 5000
const DEAD_LIMIT_MS = 2000
const LOOK_EVERY_MS = 25

/**
 * Waits until the supervisor of a program, and so all that it ran, has ended: it does so by itself once the harness
 * is gone. If it does not, its whole group is killed, but only where its start tells it from another process that
 * has its id by now.
 */
export async function endProgram(supervisor: ProcessIdentity): Promise<void> {
  if (await endsWithin(supervisor, BY_ITSELF_LIMIT_MS)) return
  if (supervisor.started !== null) process.kill(-supervisor.pid, 'SIGKILL')
  if (!(await endsWithin(supervisor, DEAD_LIMIT_MS))) throw new Error('it still runs')
}

async function endsWithin(process: ProcessIdentity, limitMs: number): Promise<boolean> {
  const limit = AbortSignal.timeout(limitMs)
  while (isAlive(process)) {
    if (limit.aborted) return false
    await sleep(LOOK_EVERY_MS)
  }
  return true
}

import type { Attempt } from '../upstream/attempt.ts'
import type { Server } from './server.ts'

/** A connection within a data centre takes a millisecond; what has not left by now leaves for elsewhere. */
const CONNECT_PATIENCE_MS = 40
/** What a silent server owes is asked for elsewhere, but for what it has had no time to answer. */
const SILENT_PATIENCE_MS = 10

/** Of the hedge's delay: what waits for as long already looks slow, though it may yet be in time. */
const LATE_SHARE = 0.5

/**
 * The requests that should have been answered by now. None, if most servers have such: then it is no server that is
 * slow, and asking twice would make all of them slower.
 */
export function overdueAttempts(servers: readonly Server[], hedgeMs: number, nowMs: number): Attempt[] {
  const overdue: Attempt[] = []
  let late = 0
  for (const server of servers) {
    let longestMs = 0
    for (const attempt of server.active) {
      longestMs = Math.max(longestMs, attempt.waitedMs(nowMs))
      if (isOverdue(attempt, server, hedgeMs, nowMs)) overdue.push(attempt)
    }
    if (longestMs >= hedgeMs * LATE_SHARE) late += 1
  }
  return late * 2 > servers.length ? [] : overdue
}

function isOverdue(attempt: Attempt, { isSilent }: Server, hedgeMs: number, nowMs: number): boolean {
  const waitedMs = attempt.waitedMs(nowMs)
  if (attempt.stage === 'unsent') return waitedMs >= CONNECT_PATIENCE_MS
  return waitedMs >= hedgeMs || (isSilent && waitedMs >= SILENT_PATIENCE_MS)
}

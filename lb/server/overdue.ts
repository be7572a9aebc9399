import type { Attempt } from '../upstream/attempt.ts'
import type { Server } from './server.ts'

/** A connection within a data centre takes a millisecond; what has not left by now leaves for elsewhere. */
const CONNECT_PATIENCE_MS = 40
/** What a silent server owes is asked for elsewhere, but for what it has had no time to answer. */
const SILENT_PATIENCE_MS = 10

/** Of the hedge's delay: what waits for as long already looks slow, though it may yet be in time. */
const LATE_SHARE = 0.5

/** So many requests in a row that should have been answered, and not a byte since the first: no chance any more. */
const MUTE_REQUESTS = 2

export interface Lateness {
  /** Requests that should have been answered by now. */
  readonly overdue: readonly Attempt[]
  /** Servers that owe several such, and have been silent since they got the first of these. */
  readonly mute: ReadonlySet<Server>
}

const NOBODY_LATE: Lateness = { overdue: [], mute: new Set() }

/**
 * Who is late with what. Nobody, if most servers are: then it is no server that is slow, asking twice would make all
 * of them slower, and none of them is worse than its peers.
 */
export function lateness(servers: readonly Server[], hedgeMs: number, nowMs: number): Lateness {
  const overdue: Attempt[] = []
  const mute = new Set<Server>()
  let late = 0
  for (const server of servers) {
    let longestMs = 0
    let unheard = 0
    for (const attempt of server.active) {
      const waitedMs = attempt.waitedMs(nowMs)
      longestMs = Math.max(longestMs, waitedMs)
      if (isOverdue(attempt, server, waitedMs, hedgeMs)) overdue.push(attempt)
      if (isUnheard(attempt, server, hedgeMs, nowMs)) unheard += 1
    }
    if (longestMs >= hedgeMs * LATE_SHARE) late += 1
    if (unheard >= MUTE_REQUESTS) mute.add(server)
  }
  return late * 2 > servers.length ? NOBODY_LATE : { overdue, mute }
}

function isOverdue(attempt: Attempt, { isSilent }: Server, waitedMs: number, hedgeMs: number): boolean {
  if (attempt.stage === 'unsent') return waitedMs >= CONNECT_PATIENCE_MS
  return waitedMs >= hedgeMs || (isSilent && waitedMs >= SILENT_PATIENCE_MS)
}

/** What a client is still sending, however slowly, says nothing of the server. */
function isUnheard({ owedSinceMs }: Attempt, { silence }: Server, hedgeMs: number, nowMs: number): boolean {
  return owedSinceMs !== undefined && nowMs - owedSinceMs >= hedgeMs && silence.isUnbrokenSince(owedSinceMs)
}

/**
 * One request, as its sender saw it. All times are microseconds since the trial's origin, on the
 * monotonic clock, which every process of this machine shares.
 */
export interface Sample {
  readonly stream: Stream
  /** When the open-loop schedule wanted it sent. For load: the time of the slot that it took. */
  readonly dueUs: number
  /** When the first action on the network began (connect, or write on a kept connection); `null` if it never did. */
  readonly sentUs: number | null
  /** When the answer was complete, or the failure known. */
  readonly endedUs: number
  /** HTTP status, 0 when no status line arrived. */
  readonly status: number
  readonly outcome: Outcome
  readonly connection: Connection
  /** Index into the history's table of answering instances (raw header values); 0 is "not told". */
  readonly instance: number
}

export const STREAMS = ['probe', 'load'] as const
export type Stream = (typeof STREAMS)[number]

/** How the request travelled: on a connection of its own, or on one kept alive (`opened` for it, or `reused`). */
export const CONNECTIONS = ['fresh', 'kept-opened', 'kept-reused'] as const
export type Connection = (typeof CONNECTIONS)[number]

/** What became of it; everything but `ok` is bad, and `unsent` makes a trial invalid instead. */
export const OUTCOMES = [
  'ok',
  'refused',
  'reset',
  'closed', // FIN before the answer was complete: no answer, or a body cut short
  'deadline',
  'status', // an answer with a status that was not expected
  'body', // an answer with a body that was not expected
  'unreachable', // any other failure to connect: no route, name not found
  'malformed', // bytes that are not HTTP
  'unsent', // the prober itself could not send it
] as const
export type Outcome = (typeof OUTCOMES)[number]

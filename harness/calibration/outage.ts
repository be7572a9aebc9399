/** How the server is down. What a client meets: a refused connection, a reset, the status 503, no answer at all. */
export const OUTAGE_WAYS = ['refuse', 'reset', '503', 'silence'] as const
export type OutageWay = (typeof OUTAGE_WAYS)[number]

/** An outage that is to be. */
export interface PlannedOutage {
  readonly way: OutageWay
  readonly lengthMs: number
}

/**
 * An outage as it was, on the monotonic clock that all processes of a machine share: the server began to fail at
 * an instant within `began`, and was well again at one within `ended`. Each interval is the few µs that the
 * change took.
 */
export interface TrueOutage extends PlannedOutage {
  readonly began: Instant
  readonly ended: Instant
}

export interface Instant {
  readonly fromNs: bigint
  readonly toNs: bigint
}

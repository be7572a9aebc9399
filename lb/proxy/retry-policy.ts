import type { Failure, FailureCause } from '../upstream/failure.ts'

/** RFC 9110 9.2.2, of the methods that carry no tunnel. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method)
}

/** Whether to ask a second server while the first still may answer does no harm: nothing but reading. */
export function isHedgeable({ method, body }: { readonly method: string; readonly body: unknown }): boolean {
  return (method === 'GET' || method === 'HEAD') && body === undefined
}

/** What a request has used up so far. */
export interface Spent {
  /** Attempts that failed unsent. */
  readonly redispatches: number
  /** Attempts that failed on a kept connection that had died; free, once a server. */
  readonly freeRetries: number
  readonly retries: number
}

export const NOTHING_SPENT: Spent = { redispatches: 0, freeRetries: 0, retries: 0 }

export interface Allowance {
  readonly retries: number
  readonly servers: number
  /** Takes one from the budget that all requests share, if there is one left. */
  readonly budget: () => boolean
}

export type Decision =
  | { readonly kind: 'again'; readonly spent: Spent }
  | { readonly kind: 'give-up'; readonly status: 502 | 503 | 504; readonly reason: FailureCause }

/**
 * After a failed attempt, before any byte of an answer: again, or give up. `resendable`: the method is idempotent
 * and all of the body that was taken is still at hand.
 */
export function decide(failure: Failure, resendable: boolean, spent: Spent, allowed: Allowance): Decision {
  if (failure.stage === 'unsent') {
    const redispatches = spent.redispatches + 1
    return redispatches < allowed.servers
      ? { kind: 'again', spent: { ...spent, redispatches } }
      : giveUp(failure)
  }
  if (!resendable) return giveUp(failure)
  const wasStale =
    failure.connection === 'reused' && (failure.cause === 'reset' || failure.cause === 'closed')
  if (wasStale && spent.freeRetries < allowed.servers) {
    return { kind: 'again', spent: { ...spent, freeRetries: spent.freeRetries + 1 } }
  }
  if (spent.retries < allowed.retries && allowed.budget())
    return { kind: 'again', spent: { ...spent, retries: spent.retries + 1 } }
  return giveUp(failure)
}

function giveUp(failure: Failure): Decision {
  return { kind: 'give-up', status: statusOf(failure), reason: failure.cause }
}

/** HAProxy's: 503 for what could not be sent, 504 for silence after it was, 502 for all else. */
export function statusOf({ stage, cause }: Failure): 502 | 503 | 504 {
  if (stage === 'unsent') return 503
  return cause === 'server-timeout' || cause === 'server-silent' ? 504 : 502
}

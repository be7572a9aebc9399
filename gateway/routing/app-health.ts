/** What was seen of an app, by a request or by a check. */
export type Evidence =
  | 'check-passed'
  | 'check-failed'
  /** Its own word that it wants no more: 503 from /readyz. */
  | 'check-unready'
  /** A connection refused, a name gone, no answer to the SYN: there is nobody there. */
  | 'unreachable'
  /** A fresh connection broke, or no answer came in time: perhaps one request's bad luck. */
  | 'request-failed'
  | 'request-answered'

export type AppHealth =
  | { readonly kind: 'up'; readonly failures: number }
  | { readonly kind: 'down'; readonly cause: Evidence; readonly passes: number }

export interface HealthThresholds {
  /** Checks passed in a row that bring an app up. */
  readonly rise: number
  /** Failures in a row, of checks and requests alike, that take it down. */
  readonly fall: number
}

/** Apps count as up until the first evidence, so that a gateway that just started serves at once. */
export const untried: AppHealth = { kind: 'up', failures: 0 }

/** One step. A statement (`unready`, `unreachable`) decides at once; a doubt has to repeat itself. */
export function judged(health: AppHealth, evidence: Evidence, thresholds: HealthThresholds): AppHealth {
  switch (evidence) {
    case 'check-unready':
    case 'unreachable':
      return { kind: 'down', cause: evidence, passes: 0 }
    case 'check-failed':
    case 'request-failed': {
      if (health.kind === 'down') return { ...health, passes: 0 }
      const failures = health.failures + 1
      return failures >= thresholds.fall
        ? { kind: 'down', cause: evidence, passes: 0 }
        : { kind: 'up', failures }
    }
    case 'check-passed': {
      if (health.kind === 'up') return untried
      const passes = health.passes + 1
      return passes >= thresholds.rise ? untried : { ...health, passes }
    }
    case 'request-answered':
      // Only checks bring an app back: an answer that was on its way when it fell says nothing new.
      return health.kind === 'up' && health.failures > 0 ? untried : health
  }
}

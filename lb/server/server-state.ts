/**
 * A server's health, HAProxy's way: `fall` failed checks in a row take it out, `rise` passed ones bring it back.
 *
 *              fall-th failed check, or ejected by the traffic
 *        up ──────────────────────────────────────────────────> down
 *           <──────────────────────────────────────────────────
 *                        rise-th passed check
 */
export type ServerState =
  | {
      readonly kind: 'up'
      /** Failed checks in a row. */
      readonly failed: number
      /** What the traffic saw since the last check; the next check settles it. */
      readonly conduct: 'good' | 'suspect'
    }
  | {
      readonly kind: 'down'
      /** Passed checks in a row. */
      readonly passed: number
      /** What was last seen against it, which may be worse than what took it out. */
      readonly because: string
    }

export type Observation =
  | { readonly kind: 'check-passed' }
  | { readonly kind: 'check-failed'; readonly cause: string }
  /** The traffic proved it gone (refused, silent to a new connection, reset), or worse than its peers. */
  | { readonly kind: 'ejected'; readonly why: 'gone' | 'conduct'; readonly cause: string }
  /** The traffic saw something odd that a living server may do too. */
  | { readonly kind: 'suspected' }

export interface Thresholds {
  readonly rise: number
  readonly fall: number
}

/** One passed check is enough for a server that is new: HAProxy's `init-state down`. */
export function initialState({ rise }: Thresholds): ServerState {
  return { kind: 'down', passed: rise - 1, because: 'starting' }
}

export function observe(state: ServerState, seen: Observation, { rise, fall }: Thresholds): ServerState {
  switch (seen.kind) {
    case 'check-passed':
      if (state.kind === 'up' || state.passed + 1 >= rise) return { kind: 'up', failed: 0, conduct: 'good' }
      return { ...state, passed: state.passed + 1 }
    case 'check-failed':
      if (state.kind === 'down' || state.failed + 1 >= fall) {
        return { kind: 'down', passed: 0, because: seen.cause }
      }
      return { ...state, failed: state.failed + 1 }
    case 'ejected':
      return { kind: 'down', passed: 0, because: seen.cause }
    case 'suspected':
      return state.kind === 'up' ? { ...state, conduct: 'suspect' } : state
  }
}

/** Up, and nothing spoken against it: such servers are used first. */
export function isTrusted(state: ServerState): boolean {
  return state.kind === 'up' && state.failed === 0 && state.conduct === 'good'
}

/** Between two states or under suspicion: worth looking at again soon (HAProxy's `fastinter`). */
export function isUnsettled(state: ServerState): boolean {
  return state.kind === 'up' ? !isTrusted(state) : state.passed > 0
}

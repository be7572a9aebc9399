import {
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker,
  handleWhenResult,
  SamplingBreaker,
} from 'cockatiel'
import type { BreakerSettings } from '../config/routes-schema.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerOptions<T> {
  readonly settings: BreakerSettings
  readonly isFailure: (result: T) => boolean
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
  readonly onChange: (state: BreakerState) => void
}

const LONGEST_REST_MS = 30_000

/**
 *     closed ── more than so many failed in a window ──> open ── rest ──> half-open ── one request ──┐
 *       ^                                                 ^                                         │
 *       │                                                 └── failed: rest twice as long ───────────┤
 *       └── answered, or the app was found up again by its checks <─────────────────────────────────┘
 *
 * cockatiel counts, and holds the state. When a trial is due is told here, by a clock that nobody can set:
 * cockatiel goes by the wall clock, and an hour set back would be an hour more without the app.
 */
export class Breaker<T> {
  readonly #options: BreakerOptions<T>
  #policy: CircuitBreakerPolicy
  #restMs: number
  #trialDueMs = 0

  constructor(options: BreakerOptions<T>) {
    this.#options = options
    this.#restMs = options.settings.rest
    this.#policy = this.#fresh()
  }

  get state(): BreakerState {
    switch (this.#policy.state) {
      case CircuitState.Closed:
        return 'closed'
      case CircuitState.HalfOpen:
        return 'half-open'
      default:
        return 'open'
    }
  }

  /** Whether `run` may be called: closed, or open with a trial due. While a trial is on its way, nothing is. */
  get admits(): boolean {
    const { state } = this
    return state === 'closed' || (state === 'open' && this.restLeftMs === 0)
  }

  /** When a trial is due, in ms from now. */
  get restLeftMs(): number {
    return Math.max(0, this.#trialDueMs - this.#options.nowMs())
  }

  run(work: () => Promise<T>): Promise<T> {
    return this.#policy.execute(work)
  }

  /** A new process behind the address: what the old one did is no news of it. */
  forget(): void {
    const { state } = this
    this.#policy = this.#fresh()
    this.#restMs = this.#options.settings.rest
    if (state !== 'closed') this.#options.onChange('closed')
  }

  #fresh(): CircuitBreakerPolicy {
    const { settings, isFailure, onChange, nowMs } = this.#options
    const policy = circuitBreaker(
      handleWhenResult(result => isFailure(result as T)),
      {
        breaker: new SamplingBreaker({
          threshold: settings.failures,
          duration: settings.window,
          minimumRps: (settings.requests * 1_000) / settings.window,
        }),
        halfOpenAfter: anyTime,
      },
    )
    policy.onBreak(() => {
      if (policy !== this.#policy) return
      this.#trialDueMs = nowMs() + this.#restMs
      this.#restMs = Math.min(2 * this.#restMs, LONGEST_REST_MS)
      onChange('open')
    })
    policy.onHalfOpen(() => onChange('half-open'))
    policy.onReset(() => {
      if (policy !== this.#policy) return
      this.#restMs = settings.rest
      onChange('closed')
    })
    return policy
  }
}

/** Before any span that the wall clock may show, forwards or back. */
const anyTime = {
  duration: Number.NEGATIVE_INFINITY,
  next: () => anyTime,
}

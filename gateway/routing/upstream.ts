import type { BreakerSettings } from '../config/routes-schema.ts'
import { Breaker, type BreakerState } from '../limits/breaker.ts'
import { Bulkhead } from '../limits/bulkhead.ts'
import type { AttemptResult } from '../proxy/attempt.ts'
import { isBreakerFailure } from '../proxy/repeat-policy.ts'
import type { App } from './app.ts'
import { AppChooser } from './choose-app.ts'

export interface UpstreamOptions {
  readonly name: string
  readonly zone: string
  readonly apps: readonly App[]
  readonly deadlineMs: number
  readonly bulkhead: { readonly concurrent: number; readonly queued: number }
  readonly breaker: BreakerSettings | 'off'
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
  readonly onBreaker: (upstream: string, app: App, state: BreakerState) => void
}

export type Chosen =
  | { readonly kind: 'app'; readonly app: App }
  /** All that are left have an open breaker. */
  | { readonly kind: 'all-open'; readonly restLeftMs: number }
  | { readonly kind: 'all-tried' }

/**
 * A purpose that apps serve, with limits of its own: what one purpose suffers, another need not, even if the
 * same servers stand behind both.
 *
 * Each app has a breaker of its own: three apps of which one answers too late are two good apps, and a breaker
 * over all three would either stay shut or take the good ones away.
 */
export class Upstream {
  readonly name: string
  readonly apps: readonly App[]
  readonly deadlineMs: number
  readonly bulkhead: Bulkhead
  readonly #chooser: AppChooser
  readonly #breakers = new Map<App, Breaker<AttemptResult>>()

  constructor(options: UpstreamOptions) {
    this.name = options.name
    this.apps = options.apps
    this.deadlineMs = options.deadlineMs
    this.bulkhead = new Bulkhead(options.bulkhead)
    this.#chooser = new AppChooser(options.apps, options.zone)
    const { breaker: settings, nowMs, onBreaker } = options
    if (settings === 'off') return
    for (const app of options.apps) {
      const breaker = new Breaker<AttemptResult>({
        settings,
        nowMs,
        isFailure: isBreakerFailure,
        onChange: state => onBreaker(options.name, app, state),
      })
      this.#breakers.set(app, breaker)
      app.onUp(() => breaker.forget())
    }
  }

  choose(tried: ReadonlySet<App>): Chosen {
    const app = this.#chooser.choose(one => !tried.has(one) && this.#admits(one))
    if (app) return { kind: 'app', app }
    const rests = this.apps
      .filter(one => !tried.has(one))
      .map(one => this.#breakers.get(one)?.restLeftMs ?? 0)
    return rests.length > 0 ? { kind: 'all-open', restLeftMs: Math.min(...rests) } : { kind: 'all-tried' }
  }

  /** Through the breaker of that app, which takes note of the outcome. */
  through(app: App, work: () => Promise<AttemptResult>): Promise<AttemptResult> {
    const breaker = this.#breakers.get(app)
    return breaker ? breaker.run(work) : work()
  }

  breakerStates(): { readonly app: App; readonly state: BreakerState }[] {
    return this.apps.map(app => ({ app, state: this.#breakers.get(app)?.state ?? 'closed' }))
  }

  #admits(app: App): boolean {
    return this.#breakers.get(app)?.admits ?? true
  }
}

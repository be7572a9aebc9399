export interface ShedderOptions {
  readonly maxConcurrent: number
  /** The delay of the event loop that is still in order. */
  readonly targetLagMs: number
}

export type ShedReason = 'concurrency' | 'lag'

const WINDOW_MS = 500
/** One long turn of the loop, a pause of the whole container, must not fill a window by itself. */
const LEAST_TICKS = 4
/** Of ten: some always get in, so that there is something to see when it is over. */
const MOST_TENTHS = 9

/**
 * Turns requests away before they cost anything, when there are too many of them at once, or when the event
 * loop runs behind.
 *
 * Behind means that even the *least* delay in a window was above the target, as CoDel has it for queues: a
 * burst, a garbage collection, a container that was frozen delay some turns, an overload delays all. While
 * that lasts, a growing share is turned away, a tenth more each window, and as much less again when it is over.
 */
export class LoadShedder {
  readonly #options: ShedderOptions
  #inFlight = 0
  #tenths = 0
  #owedTenths = 0
  #window: { untilMs: number; leastLagMs: number; ticks: number } | undefined

  constructor(options: ShedderOptions) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** The share of requests that is turned away for lag. */
  get share(): number {
    return this.#tenths / 10
  }

  /** A reason to turn the next request away, or none: then it is in, and `leave` must follow. */
  enter(): ShedReason | undefined {
    if (this.#inFlight >= this.#options.maxConcurrent) return 'concurrency'
    // Evenly instead of at random: of ten, just so many.
    this.#owedTenths += this.#tenths
    if (this.#owedTenths >= 10) {
      this.#owedTenths -= 10
      return 'lag'
    }
    this.#inFlight += 1
    return undefined
  }

  leave(): void {
    this.#inFlight -= 1
  }

  /** Told regularly by whom the loop's delay is measured. */
  sawLag(lagMs: number, nowMs: number): void {
    this.#window ??= { untilMs: nowMs + WINDOW_MS, leastLagMs: Number.POSITIVE_INFINITY, ticks: 0 }
    const window = this.#window
    window.leastLagMs = Math.min(window.leastLagMs, lagMs)
    window.ticks += 1
    if (nowMs < window.untilMs || window.ticks < LEAST_TICKS) return
    this.#window = undefined
    const step = window.leastLagMs > this.#options.targetLagMs ? 1 : -1
    this.#tenths = Math.min(MOST_TENTHS, Math.max(0, this.#tenths + step))
    if (this.#tenths === 0) this.#owedTenths = 0
  }
}

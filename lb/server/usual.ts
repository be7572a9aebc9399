import { LatencyWindow } from './latency-window.ts'

/** A hedge is sent after twice what nearly all answers take, and never before this: that is mere jitter. */
const LEAST_HEDGE_MS = 20
const HEDGE_FACTOR = 2
/** Without enough answers to know what is usual. */
const UNKNOWN_HEDGE_MS = 100
/** An answer is slow that takes four times the median, and this much longer. */
const SLOW_FACTOR = 4
const SLOW_MS = 100
/** How often the quantiles are worked out anew. */
const PERIOD_MS = 100

/** How long the backend's answers usually take, and what therefore is late. On the listening clock. */
export class Usual {
  readonly #latencies = new LatencyWindow()
  #learntMs = Number.NEGATIVE_INFINITY
  #hedgeMs = UNKNOWN_HEDGE_MS
  #slowMs = Number.POSITIVE_INFINITY

  /** After this, what one server has not answered is asked of a second one. */
  get hedgeMs(): number {
    return this.#hedgeMs
  }

  isSlow(headMs: number): boolean {
    return headMs > this.#slowMs
  }

  add(headMs: number, nowMs: number): void {
    this.#latencies.add(headMs, nowMs)
  }

  learn(nowMs: number): void {
    if (nowMs - this.#learntMs < PERIOD_MS) return
    this.#learntMs = nowMs
    const p95Ms = this.#latencies.quantile(0.95, nowMs)
    const medianMs = this.#latencies.quantile(0.5, nowMs)
    this.#hedgeMs = p95Ms === undefined ? UNKNOWN_HEDGE_MS : Math.max(LEAST_HEDGE_MS, HEDGE_FACTOR * p95Ms)
    this.#slowMs =
      medianMs === undefined ? Number.POSITIVE_INFINITY : Math.max(medianMs + SLOW_MS, SLOW_FACTOR * medianMs)
  }
}

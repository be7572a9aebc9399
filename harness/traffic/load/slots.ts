/** A client that is no further behind than this catches up; timers alone are late by a millisecond. */
const CAUGHT_UP_MS = 10

/**
 * The times at which one client of the load may send: one in each period, at a place in it that is drawn
 * anew (`place`, 0 ≤ n < 1). Without that, load and probes keep in step, and a balancer that goes round
 * robin sends every probe to the same server: seen, 5 % : 22 % : 73 % instead of thirds. What it misses, because an
 * answer was slow or there was no connection, is left out, not sent in a burst; and it stays on its own
 * times, so that many clients spread evenly do not fall into step after an outage.
 */
export class Slots {
  readonly #periodMs: number
  readonly #place: () => number
  #startMs: number
  #nextMs: number

  constructor(firstMs: number, periodMs: number, place: () => number) {
    this.#startMs = firstMs
    this.#periodMs = periodMs
    this.#place = place
    this.#nextMs = firstMs + place() * periodMs
  }

  get nextMs(): number {
    return this.#nextMs
  }

  /** Takes the slot that is due now. */
  take(nowMs: number): void {
    this.#startMs += this.#periodMs
    const behindMs = nowMs - this.#startMs - Math.max(this.#periodMs, CAUGHT_UP_MS)
    if (behindMs > 0) this.#startMs += Math.ceil(behindMs / this.#periodMs) * this.#periodMs
    this.#nextMs = this.#startMs + this.#place() * this.#periodMs
  }
}

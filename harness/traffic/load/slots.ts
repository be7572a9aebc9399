/** A client that is no further behind than this catches up; timers alone are late by a millisecond. */
const CAUGHT_UP_MS = 10

/**
 * The times at which one client of the load may send: `first + k × period`. What it misses, because an
 * answer was slow or there was no connection, is left out, not sent in a burst; and it stays on its own
 * times, so that many clients spread evenly do not fall into step after an outage.
 */
export class Slots {
  readonly #periodMs: number
  #nextMs: number

  constructor(firstMs: number, periodMs: number) {
    this.#nextMs = firstMs
    this.#periodMs = periodMs
  }

  get nextMs(): number {
    return this.#nextMs
  }

  /** Takes the slot that is due now. */
  take(nowMs: number): void {
    this.#nextMs += this.#periodMs
    const behindMs = nowMs - this.#nextMs - Math.max(this.#periodMs, CAUGHT_UP_MS)
    if (behindMs > 0) this.#nextMs += Math.ceil(behindMs / this.#periodMs) * this.#periodMs
  }
}

import { performance } from 'node:perf_hooks'

/** `Date.now()` alone tells milliseconds, cut off; a difference beyond that is a step of the wall clock. */
const STEP_MS = 2

/** The wall clock to the microsecond: the monotonic one, set again whenever the wall clock was stepped. */
export class WallClock {
  #offsetMs = performance.timeOrigin

  /** Milliseconds since the epoch, with a fraction. */
  nowMs(): number {
    const dateMs = Date.now()
    const nowMs = this.#offsetMs + performance.now()
    if (Math.abs(nowMs - dateMs) <= STEP_MS) return nowMs
    this.#offsetMs += dateMs - nowMs
    return dateMs
  }
}

/** Nanoseconds since the epoch as a decimal string: too long for a JSON number. */
export function toNs(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n)
}

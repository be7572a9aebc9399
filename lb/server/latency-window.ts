const WINDOW_MS = 5_000
/** Bins grow by a tenth from 50 µs on: any quantile is known to 10 %. */
const FIRST_MS = 0.05
const LOG_STEP = Math.log(1.1)
const BINS = 140
/** Fewer values say nothing. */
const ENOUGH = 20

/** How long answers took of late, over one to two windows. */
export class LatencyWindow {
  #current = new Uint32Array(BINS)
  #previous = new Uint32Array(BINS)
  #turnedMs = 0

  add(ms: number, nowMs: number): void {
    this.#turn(nowMs)
    const bin = ms <= FIRST_MS ? 0 : Math.min(BINS - 1, Math.ceil(Math.log(ms / FIRST_MS) / LOG_STEP))
    this.#current[bin] = (this.#current[bin] ?? 0) + 1
  }

  /** The upper edge of the bin; `undefined`: too few values. */
  quantile(share: number, nowMs: number): number | undefined {
    this.#turn(nowMs)
    let total = 0
    for (let bin = 0; bin < BINS; bin += 1) total += this.#of(bin)
    if (total < ENOUGH) return undefined
    let seen = 0
    for (let bin = 0; bin < BINS; bin += 1) {
      seen += this.#of(bin)
      if (seen >= share * total) return FIRST_MS * Math.exp(bin * LOG_STEP)
    }
    return undefined
  }

  #of(bin: number): number {
    return (this.#current[bin] ?? 0) + (this.#previous[bin] ?? 0)
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#turnedMs < WINDOW_MS) return
    const isStale = nowMs - this.#turnedMs >= 2 * WINDOW_MS
    const older = this.#previous
    this.#previous = isStale ? older.fill(0) : this.#current
    this.#current = isStale ? this.#current.fill(0) : older.fill(0)
    this.#turnedMs = nowMs
  }
}

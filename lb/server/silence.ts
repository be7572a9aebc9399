/** Below this, silence says nothing: a collection of garbage takes as long. */
const LEAST_MS = 50
/** Above this, it says something whatever was usual. */
const MOST_MS = 500
const USUAL_FACTOR = 2
/** How long a silence is remembered: one to two such periods. */
const MEMORY_MS = 30_000

/**
 * Silence of a server that has requests waiting: not a byte to anybody. A frozen or cut-off server cannot be told from
 * a slow one by any one request, but by all of them together within tens of milliseconds. What is usual is learnt
 * from the server itself. Times are of the listening clock.
 */
export class Silence {
  #waiting = 0
  #sinceMs = 0
  #heardMs = Number.NEGATIVE_INFINITY
  #longestMs = 0
  #longestBeforeMs = 0
  #turnedMs = 0

  /** A request more waits for this server. */
  began(nowMs: number): void {
    if (this.#waiting === 0) this.#sinceMs = nowMs
    this.#waiting += 1
  }

  ended(): void {
    this.#waiting -= 1
  }

  /** It has sent something, to whomever. */
  heard(nowMs: number): void {
    // An odd one at most doubles what is usual: one freeze must not teach us to wait for the next.
    if (this.#waiting > 0) this.#remember(Math.min(nowMs - this.#sinceMs, this.limitMs), nowMs)
    this.#sinceMs = nowMs
    this.#heardMs = nowMs
  }

  /** Not a byte to anybody since then. */
  isUnbrokenSince(ms: number): boolean {
    return this.#heardMs <= ms
  }

  get isAwaited(): boolean {
    return this.#waiting > 0
  }

  silentMs(nowMs: number): number {
    return this.#waiting === 0 ? 0 : nowMs - this.#sinceMs
  }

  /** Longer than it ever takes. */
  isOdd(nowMs: number): boolean {
    return this.silentMs(nowMs) > this.limitMs
  }

  get limitMs(): number {
    const usualMs = Math.max(this.#longestMs, this.#longestBeforeMs)
    return Math.min(MOST_MS, Math.max(LEAST_MS, USUAL_FACTOR * usualMs))
  }

  #remember(ms: number, nowMs: number): void {
    if (nowMs - this.#turnedMs > MEMORY_MS) {
      this.#longestBeforeMs = this.#longestMs
      this.#longestMs = 0
      this.#turnedMs = nowMs
    }
    if (ms > this.#longestMs) this.#longestMs = ms
  }
}

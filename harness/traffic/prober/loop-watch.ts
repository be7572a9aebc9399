const BEAT_MS = 20
/** Less than this is how any busy process runs. */
const TOLERATED_MS = 20

/**
 * Watches how well this process is served. A beat that comes late means that the event loop, or the whole
 * process, stood still meanwhile: what then seems to have taken long may have taken no time at all.
 */
export class LoopWatch {
  readonly #nowMs: () => number
  #nextBeatMs: number
  #stalledMs = 0
  #maxDelayMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
    this.#nextBeatMs = nowMs() + BEAT_MS
    this.#rest()
  }

  /** How long this process has stood still in all, up to now. */
  stalledMs(): number {
    return this.#stalledMs + stallOf(this.#delayMs())
  }

  /** The longest delay since the last call. */
  takeMaxDelayMs(): number {
    const max = Math.max(this.#maxDelayMs, this.#delayMs())
    this.#maxDelayMs = 0
    return max
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #delayMs(): number {
    return Math.max(0, this.#nowMs() - this.#nextBeatMs)
  }

  #rest(): void {
    this.#timer = setTimeout(() => this.#beat(), this.#nextBeatMs - this.#nowMs())
  }

  #beat(): void {
    const delayMs = this.#delayMs()
    this.#maxDelayMs = Math.max(this.#maxDelayMs, delayMs)
    this.#stalledMs += stallOf(delayMs)
    this.#nextBeatMs = this.#nowMs() + BEAT_MS
    this.#rest()
  }
}

function stallOf(delayMs: number): number {
  return delayMs > TOLERATED_MS ? delayMs : 0
}

import { performance } from 'node:perf_hooks'

const TICK_MS = 10
/** Timers are this late on an idle machine too; what is beyond it is lag. */
const ORDINARY_MS = 3
/** Lag that may have kept us from hearing what was there to be heard. */
const STALL_MS = 15

/**
 * How long this process has been unable to listen: busy, stopped, or kept from the processor by its cgroup.
 * A tick that comes late by n ms means that for n ms nobody could have been heard.
 */
export class LoopLag {
  #lostMs = 0
  #dueMs = performance.now() + TICK_MS
  #stalledMs = 0
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setTimeout(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  /** Milliseconds lost since the start, the lag of this very moment included. Only differences mean anything. */
  lostMs(): number {
    return this.#lostMs + this.#lateMs(performance.now())
  }

  /** A clock that stands still while we cannot listen: what others' silence is measured by. */
  listenedMs(): number {
    const nowMs = performance.now()
    return nowMs - this.#lostMs - this.#lateMs(nowMs)
  }

  /** For how long we have listened since the last stall. */
  steadyMs(): number {
    return this.#lateMs(performance.now()) > STALL_MS ? 0 : this.listenedMs() - this.#stalledMs
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #tick(): void {
    const nowMs = performance.now()
    const lateMs = this.#lateMs(nowMs)
    this.#lostMs += lateMs
    if (lateMs > STALL_MS) this.#stalledMs = nowMs - this.#lostMs
    this.#dueMs = nowMs + TICK_MS
    this.#timer.refresh()
  }

  #lateMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#dueMs - ORDINARY_MS)
  }
}

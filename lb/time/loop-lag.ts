import { performance } from 'node:perf_hooks'

const TICK_MS = 20
/** Timers are this late on an idle machine too; what is beyond it is lag. */
const ORDINARY_MS = 3

/**
 * How long this process has been unable to listen: busy, stopped, or kept from the processor by its cgroup.
 * A tick that comes late by n ms means that for n ms nobody could have been heard.
 */
export class LoopLag {
  #lostMs = 0
  #dueMs = performance.now() + TICK_MS
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setTimeout(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  /** Milliseconds lost since the start, the lag of this very moment included. Only differences mean anything. */
  lostMs(): number {
    return this.#lostMs + lateness(this.#dueMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #tick(): void {
    this.#lostMs += lateness(this.#dueMs)
    this.#dueMs = performance.now() + TICK_MS
    this.#timer.refresh()
  }
}

function lateness(dueMs: number): number {
  return Math.max(0, performance.now() - dueMs - ORDINARY_MS)
}

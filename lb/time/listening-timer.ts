import { performance } from 'node:perf_hooks'
import type { LoopLag } from './loop-lag.ts'

/** Lag up to this much is part of the time limit; beyond it, the limit is prolonged by what was lost. */
const TOLERATED_LAG_MS = 10

/**
 * A time limit for somebody else's silence, which our own lag must not use up: it runs out once we have listened
 * for that long, and only after what has arrived by then was read. Timers run before sockets are polled, so after
 * a pause the timer is seen first, even if the answer has long been in the kernel's buffer.
 *
 *     start ── due? ── lag since start? ──no──> poll once ── still not stopped ──> onSilence
 *                └──────────── yes: so much longer
 */
export class ListeningTimer {
  readonly #lag: LoopLag
  readonly #limitMs: number
  readonly #onSilence: () => void
  readonly #startMs = performance.now()
  readonly #lostBeforeMs: number
  #timer: NodeJS.Timeout
  #immediate: NodeJS.Immediate | undefined

  constructor(lag: LoopLag, limitMs: number, onSilence: () => void) {
    this.#lag = lag
    this.#limitMs = limitMs
    this.#onSilence = onSilence
    this.#lostBeforeMs = lag.lostMs()
    this.#timer = setTimeout(() => this.#due(), limitMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }

  #due(): void {
    const lostMs = this.#lag.lostMs() - this.#lostBeforeMs
    const listenedMs = performance.now() - this.#startMs - (lostMs > TOLERATED_LAG_MS ? lostMs : 0)
    const leftMs = this.#limitMs - listenedMs
    if (leftMs > 1) {
      this.#timer = setTimeout(() => this.#due(), leftMs)
      return
    }
    // The check phase follows the poll phase: whatever had arrived has been handed out by then.
    this.#immediate = setImmediate(this.#onSilence)
  }
}

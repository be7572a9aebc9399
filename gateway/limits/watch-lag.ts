export interface WatchLagOptions {
  readonly periodMs: number
  readonly signal: AbortSignal
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
  readonly onLag: (lagMs: number, nowMs: number) => void
}

/** Measures how late a timer comes, which is how late everything else comes too, until aborted. */
export function watchLag({ periodMs, signal, nowMs, onLag }: WatchLagOptions): void {
  let dueMs = nowMs() + periodMs
  const tick = () => {
    const now = nowMs()
    onLag(Math.max(0, now - dueMs), now)
    dueMs = now + periodMs
    timer = setTimeout(tick, periodMs)
  }
  let timer = setTimeout(tick, periodMs)
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}

const WAKE_BEFORE_MS = 2

export interface ScheduleRequest {
  /** Probe k is due at `startNs + k × periodNs`, on the monotonic clock. */
  readonly startNs: bigint
  readonly periodNs: bigint
  /** Called once for each k, in order, at its due time or later, never earlier. */
  readonly onDue: (k: number, dueNs: bigint) => void
  readonly signal: AbortSignal
}

/**
 * Keeps an absolute schedule until aborted. Sleeps to about 2 ms before a due time, then spins on
 * `setImmediate`: a timer alone is late by a millisecond or more, `setInterval` drifts. After a stall
 * every probe that became due is sent late, one in each turn of the loop, so that answers are read
 * between them; none is skipped.
 */
export function keepSchedule({ startNs, periodNs, onDue, signal }: ScheduleRequest): void {
  let k = 0
  const dueNs = () => startNs + BigInt(k) * periodNs
  const step = () => {
    if (signal.aborted) return
    const leftMs = Number(dueNs() - process.hrtime.bigint()) / 1e6
    if (leftMs > WAKE_BEFORE_MS + 1) {
      setTimeout(step, leftMs - WAKE_BEFORE_MS)
      return
    }
    if (leftMs <= 0) {
      onDue(k, dueNs())
      k += 1
    }
    setImmediate(step)
  }
  step()
}

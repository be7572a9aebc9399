import { type Frame, isSlow } from '../frame.ts'
import type { Measured } from '../metrics.ts'
import { p99Within } from '../percentile.ts'
import { counterOf, windowsOf } from '../windows.ts'

const ROLLING_US = 1_000_000

/**
 * Fault instant → the rolling p99 of one second is back in the baseline's band and stays there for W; 0 if it
 * never left it. A second without a good probe is out of the band, and the return begins with a good one: the
 * second before that could be within the band too.
 */
export function latencyRestoredMs(frame: Frame): Measured<number> {
  const { probes, fault, plan, endUs } = frame
  const steadyUs = plan.timing.steadyWindowMs * 1000
  const goodIn = counterOf(index => probes.good[index] === 1)
  const slowIn = counterOf(index => isSlow(frame, index))
  let backUs: number | null = null
  let soonestUs = fault.atUs
  for (const window of windowsOf(probes, { startUs: fault.atUs, widthUs: ROLLING_US, endUs })) {
    if (!p99Within(goodIn(window), slowIn(window))) {
      backUs = null
      soonestUs = window.startUs
      continue
    }
    if (window.startUs === fault.atUs || probes.good[window.from]) backUs ??= window.startUs
    if (backUs === null) continue
    if (window.startUs + ROLLING_US - backUs >= steadyUs) return { value: (backUs - fault.atUs) / 1000 }
  }
  const { steadyWindowMs } = plan.timing
  return {
    value: null,
    reason: `the run ended before the latency had been back in its band for ${steadyWindowMs} ms`,
    atLeast: Math.max(0, soonestUs - fault.upperUs) / 1000,
  }
}

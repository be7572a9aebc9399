import { analyse } from '../analysis/analyse.ts'
import type { Bracketed } from '../analysis/metrics.ts'
import type { OutageWay, TrueOutage } from './outage.ts'
import { outageHistory, type RecordedOutage } from './outage-history.ts'

/** One outage: what is true of it, and what was measured. */
export interface CalibratedOutage {
  readonly way: OutageWay
  /** As long as the server was truly down; the bounds are apart by the µs that its changes took. */
  readonly truth_ms: { readonly lower: number; readonly upper: number }
  /** `null` if it could not be measured. */
  readonly window_ms: Bracketed | null
  /** Window − the middle of the truth. */
  readonly error_ms: number | null
  readonly bracket: 'holds-the-truth' | 'misses-the-truth' | 'missing'
  /** Why the measurement would not count in a trial, so that nothing is claimed by it; empty if it would. */
  readonly invalid: readonly string[]
}

export function judgeOutage(recorded: RecordedOutage): CalibratedOutage {
  const { metrics, validity } = analyse(outageHistory(recorded))
  const truth = truthOf(recorded.outage)
  const window = metrics.error_window_ms.value
  const invalid = validity.status === 'valid' ? [] : validity.reasons.map(({ text }) => text)
  const common = { way: recorded.outage.way, truth_ms: truth, window_ms: window, invalid }
  if (window === null) return { ...common, error_ms: null, bracket: 'missing' }
  const holds = window.lower <= truth.upper && truth.lower <= window.upper
  return {
    ...common,
    error_ms: Number((window.value - (truth.lower + truth.upper) / 2).toFixed(3)),
    bracket: holds ? 'holds-the-truth' : 'misses-the-truth',
  }
}

function truthOf({ began, ended }: TrueOutage): { lower: number; upper: number } {
  return { lower: Number(ended.fromNs - began.toNs) / 1e6, upper: Number(ended.toNs - began.fromNs) / 1e6 }
}

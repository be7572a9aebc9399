import type { Metrics } from '../analysis/metrics.ts'
import type { SloMetric } from '../verdict/slo.ts'

/** What the resolution of a measurement depends on: part of an experiment. */
export interface Sampling {
  readonly probes: { readonly ratePerSecond: number }
  readonly timing: { readonly holdMs: number; readonly recoveryMs: number }
}

/** One metric in every trial of a side, or why it cannot be compared. */
export type Observations =
  | {
      readonly kind: 'values'
      /** As they were measured; infinite where the run ended first. */
      readonly measured: readonly number[]
      /** As they are compared. */
      readonly values: readonly number[]
    }
  | { readonly kind: 'missing'; readonly reason: string }

const BIN_MS = 100

/**
 * The smallest value that a trial can tell from none, in the metric's own unit: a period between two probes
 * for times, a bin for those made of bins, one for counts, one probe of all for a share.
 */
function resolutionOf(metric: SloMetric, { probes, timing }: Sampling): number {
  if (metric === 'outage_ms' || metric === 'degraded_ms') return BIN_MS
  if (metric.endsWith('_ms')) return 1000 / probes.ratePerSecond
  if (metric === 'bad_share') return 1000 / ((timing.holdMs + timing.recoveryMs) * probes.ratePerSecond)
  return 1
}

/**
 * A metric's values for the comparison. What is below the resolution is lifted to it: 0 against 0 is then once
 * as much, and 0 against 50 ms a number instead of infinitely more. A value that the run's end cut off is
 * above every one that was seen to its end; a metric that is missing for another reason is not compared.
 */
export function observe(metric: SloMetric, trials: readonly Metrics[], sampling: Sampling): Observations {
  const resolution = resolutionOf(metric, sampling)
  const seen: number[] = []
  for (const metrics of trials) {
    const measured = metrics[metric]
    if (measured.value !== null) {
      seen.push(typeof measured.value === 'number' ? measured.value : measured.value.value)
    } else if (measured.atLeast !== undefined) seen.push(Number.POSITIVE_INFINITY)
    else return { kind: 'missing', reason: measured.reason }
  }
  return { kind: 'values', measured: seen, values: seen.map(value => Math.max(resolution, value)) }
}

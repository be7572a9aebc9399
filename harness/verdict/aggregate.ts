import type { Bracketed } from '../analysis/metrics.ts'
import type { Aggregate } from './slo.ts'

/**
 * The aggregate of the trials' values, and of their bounds. None of the aggregates falls when a value rises, so
 * the truth's aggregate lies between the two bounds' own. An upper bound may be infinite.
 */
export function aggregateOf(values: readonly Bracketed[], aggregate: Aggregate): Bracketed {
  const over = (pick: (value: Bracketed) => number) => {
    const sorted = values.map(pick).sort((a, b) => a - b)
    return aggregate.kind === 'percentile'
      ? rank(sorted, aggregate.percent)
      : AGGREGATES[aggregate.kind](sorted)
  }
  return {
    value: over(({ value }) => value),
    lower: over(({ lower }) => lower),
    upper: over(({ upper }) => upper),
  }
}

type Sorted = readonly number[]

const AGGREGATES: Readonly<Record<Exclude<Aggregate['kind'], 'percentile'>, (sorted: Sorted) => number>> = {
  max: sorted => sorted.at(-1) ?? Number.NaN,
  min: sorted => sorted[0] ?? Number.NaN,
  median: sorted => mean(sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1)),
  mean,
  rate: mean,
  count: sorted => sorted.filter(value => value !== 0).length,
}

function mean(values: Sorted): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}

/** Nearest rank. */
function rank(sorted: Sorted, percent: number): number {
  return sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1] ?? Number.NaN
}

import type { Bracketed } from '../analysis/metrics.ts'
import type { Aggregate, Operator } from './slo.ts'

/** The aggregate of each trial's value and bounds: the aggregate's truth lies between the two bounds' own. */
export function aggregateBracketed(values: readonly Bracketed[], aggregate: Aggregate): Bracketed {
  const over = (pick: (value: Bracketed) => number) => aggregateOf(values.map(pick), aggregate)
  return {
    value: over(({ value }) => value),
    lower: over(({ lower }) => lower),
    upper: over(({ upper }) => upper),
  }
}

function aggregateOf(values: readonly number[], aggregate: Aggregate): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (percent: number) =>
    sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
  const sum = sorted.reduce((total, value) => total + value, 0)
  switch (aggregate.kind) {
    case 'max':
      return rank(100)
    case 'min':
      return sorted[0] ?? Number.NaN
    case 'median':
      return sorted.length % 2 === 1
        ? rank(50)
        : ((sorted[sorted.length / 2 - 1] ?? 0) + (sorted[sorted.length / 2] ?? 0)) / 2
    case 'mean':
    case 'rate':
      return sum / sorted.length
    case 'count':
      return sum
    case 'percentile':
      return rank(aggregate.percent)
  }
}

export function holds(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '==':
      return value === limit
    case '!=':
      return value !== limit
  }
}

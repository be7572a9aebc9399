import type { Bracketed } from '../analysis/metrics.ts'
import type { Operator } from './slo.ts'

/** Whether a rule holds for every value within the bounds, for none of them, or depends on where the truth lies. */
export type Comparison = 'holds' | 'violated' | 'undecided'

export function compare(
  { lower, upper }: Omit<Bracketed, 'value'>,
  operator: Operator,
  limit: number,
): Comparison {
  switch (operator) {
    case '<':
      return decide(upper < limit, lower >= limit)
    case '<=':
      return decide(upper <= limit, lower > limit)
    case '>':
      return decide(lower > limit, upper <= limit)
    case '>=':
      return decide(lower >= limit, upper < limit)
    case '==':
      return decide(lower === limit && upper === limit, limit < lower || limit > upper)
    case '!=':
      return decide(limit < lower || limit > upper, lower === limit && upper === limit)
  }
}

/** How far the observed value is on the right side of the limit; negative on the wrong one. */
export function marginOf(observed: number, operator: Operator, limit: number): number {
  switch (operator) {
    case '<':
    case '<=':
      return limit - observed
    case '>':
    case '>=':
      return observed - limit
    case '==':
      return -Math.abs(observed - limit)
    case '!=':
      return Math.abs(observed - limit)
  }
}

function decide(holds: boolean, violated: boolean): Comparison {
  if (holds) return 'holds'
  return violated ? 'violated' : 'undecided'
}

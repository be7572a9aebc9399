import type { Bracketed, Measured, Metrics } from '../analysis/metrics.ts'
import { aggregateOf } from './aggregate.ts'
import { compare, marginOf } from './compare.ts'
import { fewestTrialsFor, type Slo } from './slo.ts'
import type { Status } from './status.ts'

export interface SloVerdict {
  readonly rule: string
  readonly status: Status
  /** `null` if it could not be measured in every trial. */
  readonly observed: number | null
  /** How far `observed` is on the right side of the limit, in the metric's unit; negative on the wrong one. */
  readonly margin: number | null
  /** Why it is not a pass. */
  readonly reason?: string
}

/** One rule over the valid trials. */
export function judgeSlo(slo: Slo, trials: readonly Metrics[]): SloVerdict {
  const { rule, metric, operator, limit, aggregate } = slo
  if (trials.length === 0) return undecided(rule, 'invalid', 'there is no valid trial')
  const fewest = fewestTrialsFor(slo)
  if (trials.length < fewest)
    return undecided(rule, 'inconclusive', `it needs ${fewest} valid trials, and there are ${trials.length}`)
  const values = trials.map(metrics => boundsOf(metrics[metric]))
  const observed = aggregateOf(values, aggregate)
  const comparison = compare(observed, operator, limit)
  const missing = trials.map(metrics => metrics[metric]).find(measured => measured.value === null)
  if (missing?.value === null) {
    // Censored, it never passes; but what is certain of it may be enough to fail.
    const told = `${metric} could not be measured: ${missing.reason}`
    if (comparison !== 'violated') return undecided(rule, 'inconclusive', told)
    return undecided(rule, 'fail', `${told}; it is at least ${rounded(observed.lower)}`)
  }
  const told = {
    rule,
    observed: rounded(observed.value),
    margin: rounded(marginOf(observed.value, operator, limit)),
  }
  switch (comparison) {
    case 'holds':
      return { ...told, status: 'pass' }
    case 'violated':
      return { ...told, status: 'fail', reason: `observed ${told.observed}` }
    case 'undecided': {
      const bracket = `${rounded(observed.lower)} to ${rounded(observed.upper)}`
      return { ...told, status: 'inconclusive', reason: `the limit lies inside the bracket, ${bracket}` }
    }
  }
}

/** Measured, but not closely enough to decide: another trial may. */
export function isLimitInBracket({ status, observed }: Pick<SloVerdict, 'status' | 'observed'>): boolean {
  return status === 'inconclusive' && observed !== null
}

function undecided(rule: string, status: Status, reason: string): SloVerdict {
  return { rule, status, observed: null, margin: null, reason }
}

/** A missing metric can have any value, from what is certain of it upwards: none is below 0. */
function boundsOf(measured: Measured<number | Bracketed>): Bracketed {
  if (measured.value === null) {
    const lower = measured.atLeast ?? 0
    return { value: lower, lower, upper: Number.POSITIVE_INFINITY }
  }
  if (typeof measured.value !== 'number') return measured.value
  const { value, bounds } = measured
  return { value, lower: bounds?.lower ?? value, upper: bounds?.upper ?? value }
}

function rounded(value: number): number {
  return Number(value.toFixed(6))
}

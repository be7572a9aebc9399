import { closest } from 'fastest-levenshtein'
import { ZonefallError } from '../errors/zonefall-error.ts'

/** Metrics that a rule may speak of: those that are one number, or one number in a bracket. */
export const SLO_METRICS = [
  'error_window_ms',
  'outage_ms',
  'degraded_ms',
  'lost_requests',
  'lost_ms',
  'lost_in_flight',
  'lost_new',
  'bad_share',
  'detection_ms',
  'recovery_ms',
  'flaps',
  'censored',
  'latency_restored_ms',
  'capacity_restored_ms',
] as const
export type SloMetric = (typeof SLO_METRICS)[number]

export type Aggregate =
  | { readonly kind: 'max' | 'min' | 'median' | 'mean' | 'rate' | 'count' }
  | { readonly kind: 'percentile'; readonly percent: number }

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!='

/** `error_window_ms max < 2500`: over the trials, the aggregate of the metric must compare so with the limit. */
export interface Slo {
  readonly rule: string
  readonly metric: SloMetric
  readonly aggregate: Aggregate
  readonly operator: Operator
  readonly limit: number
}

const AGGREGATES = ['max', 'min', 'median', 'mean', 'rate', 'count'] as const
const OPERATORS: readonly string[] = ['<', '<=', '>', '>=', '==', '!=']
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, '%': 0.01 }

/** Errors: SLO_INVALID, which says what was not understood and what is near to it. */
export function parseSlo(rule: string): Slo {
  const words = /^\s*(\S+)\s+(\S+)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/.exec(rule)
  if (!words) throw invalid(rule, 'it is not of the form METRIC AGGREGATE OPERATOR VALUE')
  const [, metric = '', aggregate = '', operator = '', value = ''] = words
  if (!(SLO_METRICS as readonly string[]).includes(metric)) {
    throw invalid(
      rule,
      `there is no metric \`${metric}\`; did you mean \`${closest(metric, [...SLO_METRICS])}\`?`,
    )
  }
  if (!OPERATORS.includes(operator)) throw invalid(rule, `\`${operator}\` is not an operator`)
  return {
    rule: rule.trim(),
    metric: metric as SloMetric,
    aggregate: parseAggregate(aggregate, rule),
    operator: operator as Operator,
    limit: parseLimit(value, metric, rule),
  }
}

/** `p(90)` needs so many trials that its rank is not simply the worst: n ≥ 1 / (1 − q). */
export function fewestTrialsFor({ aggregate }: Slo): number {
  return aggregate.kind === 'percentile' ? Math.ceil(1 / (1 - aggregate.percent / 100) - 1e-9) : 1
}

function parseAggregate(text: string, rule: string): Aggregate {
  const percent = /^p\((\d+(?:\.\d+)?)\)$/.exec(text)?.[1]
  if (percent !== undefined) {
    if (Number(percent) <= 0 || Number(percent) >= 100)
      throw invalid(rule, `\`${text}\` must lie between p(0) and p(100)`)
    return { kind: 'percentile', percent: Number(percent) }
  }
  const kind = AGGREGATES.find(name => name === text)
  if (kind) return { kind }
  throw invalid(rule, `\`${text}\` is not an aggregate; those are ${AGGREGATES.join(', ')} and p(90)`)
}

function parseLimit(text: string, metric: string, rule: string): number {
  const [, digits = '', unit = ''] = /^(-?\d+(?:\.\d+)?)(ms|s|m|%)?$/.exec(text) ?? []
  if (digits === '') throw invalid(rule, `\`${text}\` is not a number`)
  const isTime = metric.endsWith('_ms')
  if (unit !== '' && isTime === (unit === '%'))
    throw invalid(rule, `\`${text}\` has a unit that ${metric} has not`)
  return Number(digits) * (UNITS[unit] ?? 1)
}

function invalid(rule: string, why: string): ZonefallError {
  return new ZonefallError('SLO_INVALID', `The SLO \`${rule}\` is not valid: ${why}.`)
}

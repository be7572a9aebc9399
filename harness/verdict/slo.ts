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

/**
 * Over the trials, each of which is one unit: `rate` is the mean of their shares, `count` how many of them have
 * a value other than 0, `percentile` by nearest rank.
 */
export type Aggregate =
  | { readonly kind: 'max' | 'min' | 'median' | 'mean' | 'rate' | 'count' }
  | { readonly kind: 'percentile'; readonly percent: number }

const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const
export type Operator = (typeof OPERATORS)[number]

/** `error_window_ms max < 2500`: over the trials, the aggregate of the metric must compare so with the limit. */
export interface Slo {
  readonly rule: string
  readonly metric: SloMetric
  readonly aggregate: Aggregate
  readonly operator: Operator
  /** In ms for times; a share from 0 to 1 for shares. */
  readonly limit: number
}

const AGGREGATES = ['max', 'min', 'median', 'mean', 'rate', 'count'] as const
const SHARES: readonly SloMetric[] = ['bad_share', 'censored']
const TIME_UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000 }
const SHARE_UNITS: Readonly<Record<string, number>> = { '': 1, '%': 0.01 }
const COUNT_UNITS: Readonly<Record<string, number>> = { '': 1 }

/** Errors: SLO_INVALID, which says what was not understood and what is near to it. */
export function parseSlo(rule: string): Slo {
  const words = /^\s*(\S+)\s+([^\s<>=!]+)\s*([<>=!]+)\s*(\S+)\s*$/.exec(rule)
  if (!words) throw invalid(rule, 'it is not of the form METRIC AGGREGATE OPERATOR VALUE')
  const [, metricWord = '', aggregateWord = '', operatorWord = '', valueWord = ''] = words
  const metric = parseMetric(metricWord, rule)
  const aggregate = parseAggregate(aggregateWord, metric, rule)
  const operator = OPERATORS.find(known => known === operatorWord)
  if (!operator)
    throw invalid(rule, `\`${operatorWord}\` is not an operator; those are ${OPERATORS.join(' ')}`)
  return {
    rule: rule.trim(),
    metric,
    aggregate,
    operator,
    limit: parseLimit(valueWord, metric, aggregate, rule),
  }
}

/** p(q) says nothing of so few trials that its rank is the last in any case: at least 1 / (1 − q/100) are needed. */
export function fewestTrialsFor({ aggregate }: Pick<Slo, 'aggregate'>): number {
  if (aggregate.kind !== 'percentile') return 1
  return Math.ceil(100 / (100 - aggregate.percent) - 1e-9)
}

/** To be asked before a run that will have so many trials. Errors: SLO_INVALID. */
export function requireEnoughTrials(slos: readonly string[], trials: number): void {
  for (const { rule, aggregate } of slos.map(parseSlo)) {
    const fewest = fewestTrialsFor({ aggregate })
    if (trials < fewest)
      throw new ZonefallError(
        'SLO_INVALID',
        `The SLO \`${rule}\` needs at least ${fewest} trials; this run has ${trials}.`,
        { advice: `Run with --trials ${fewest} or more, or write \`max\`.` },
      )
  }
}

function parseMetric(word: string, rule: string): SloMetric {
  const metric = SLO_METRICS.find(known => known === word)
  if (metric) return metric
  throw invalid(rule, `there is no metric \`${word}\`; did you mean \`${closest(word, [...SLO_METRICS])}\`?`)
}

function parseAggregate(word: string, metric: SloMetric, rule: string): Aggregate {
  const percent = /^p\((\d+(?:\.\d+)?)\)$/.exec(word)?.[1]
  if (percent !== undefined) {
    if (Number(percent) <= 0 || Number(percent) >= 100)
      throw invalid(rule, `\`${word}\` must lie between p(0) and p(100)`)
    return { kind: 'percentile', percent: Number(percent) }
  }
  const kind = AGGREGATES.find(known => known === word)
  if (!kind)
    throw invalid(rule, `\`${word}\` is not an aggregate; those are ${AGGREGATES.join(', ')} and p(90)`)
  if (kind === 'rate' && !SHARES.includes(metric))
    throw invalid(rule, `\`rate\` is for shares (${SHARES.join(', ')}); for ${metric} write \`mean\``)
  return { kind }
}

function parseLimit(word: string, metric: SloMetric, aggregate: Aggregate, rule: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-zµ%]*)$/.exec(word) ?? []
  if (digits === undefined) throw invalid(rule, `\`${word}\` is not a number, or it is below 0`)
  const units = unitsOf(metric, aggregate)
  const factor = units[unit]
  if (factor === undefined) {
    const known = Object.keys(units).filter(Boolean)
    const told = known.length > 0 ? `only in ${known.join(', ')}` : 'without a unit'
    throw invalid(rule, `\`${word}\`: the value of ${metric} ${aggregate.kind} can be given ${told}`)
  }
  return Number((Number(digits) * factor).toPrecision(15)) // 0.1 % is 0.001, not a little more
}

function unitsOf(metric: SloMetric, { kind }: Aggregate): Readonly<Record<string, number>> {
  if (kind === 'count') return COUNT_UNITS
  if (metric.endsWith('_ms')) return TIME_UNITS
  return SHARES.includes(metric) ? SHARE_UNITS : COUNT_UNITS
}

function invalid(rule: string, why: string): ZonefallError {
  return new ZonefallError('SLO_INVALID', `The SLO \`${rule}\` is not valid: ${why}.`)
}

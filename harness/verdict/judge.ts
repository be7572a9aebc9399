import type { Analysis } from '../analysis/analyse.ts'
import type { Bracketed, Measured, Metrics } from '../analysis/metrics.ts'
import { aggregateBracketed, holds } from './aggregate.ts'
import { fewestTrialsFor, parseSlo, type Slo } from './slo.ts'

export type Status = 'pass' | 'fail' | 'inconclusive' | 'invalid'

/** The shape of `verdict.json` and `--json`, which others build on. */
export interface VerdictDocument {
  readonly schema: 1
  readonly status: Status
  readonly reasons: readonly string[]
  readonly experiment: string
  readonly system: string
  readonly seed: number
  readonly trials: readonly TrialVerdict[]
  readonly slos: readonly SloVerdict[]
  /** How much so many trials prove, in words. */
  readonly proves: string
  readonly results: string
}

export interface TrialVerdict {
  readonly status: Status
  readonly reasons: readonly string[]
  /** A metric that could not be measured is null, and `<metric>_reason` beside it says why. */
  readonly metrics: Readonly<Record<string, unknown>>
}

export interface SloVerdict {
  readonly rule: string
  readonly status: Status
  readonly observed: number | null
  /** The limit minus what was observed. */
  readonly margin: number | null
  readonly reason?: string
}

export interface Case {
  readonly experiment: string
  readonly system: string
  readonly seed: number
  readonly slos: readonly string[]
  readonly trials: readonly Analysis[]
  readonly results: string
}

/** Worst first: a failure is certain whatever else is not; what is invalid says less than what is inconclusive. */
const WORST_FIRST: readonly Status[] = ['fail', 'invalid', 'inconclusive', 'pass']

export function judge({ experiment, system, seed, slos, trials, results }: Case): VerdictDocument {
  const rules = slos.map(parseSlo)
  const valid = trials.filter(({ validity }) => validity.status === 'valid')
  const sloVerdicts = rules.map(rule => judgeSlo(rule, valid))
  const trialVerdicts = trials.map(trial => judgeTrial(trial, rules))
  const statuses: Status[] = sloVerdicts.map(({ status }) => status)
  if (valid.length < trials.length || trials.length === 0) statuses.push('invalid')
  return {
    schema: 1,
    status: worst(statuses),
    reasons: [
      ...trialVerdicts.flatMap((trial, index) => reasonsOfInvalid(trial, index, trials.length)),
      ...(valid.length === 0
        ? []
        : sloVerdicts.flatMap(({ rule, status, reason }) =>
            status === 'pass' ? [] : [`${rule}: ${reason}`],
          )),
    ],
    experiment,
    system,
    seed,
    trials: trialVerdicts,
    slos: sloVerdicts,
    proves: whatProves(valid.length),
    results,
  }
}

export function worst(statuses: readonly Status[]): Status {
  return WORST_FIRST.find(status => statuses.includes(status)) ?? 'invalid'
}

function judgeTrial(analysis: Analysis, rules: readonly Slo[]): TrialVerdict {
  const metrics = flatten(analysis.metrics)
  if (analysis.validity.status === 'invalid') {
    return {
      status: 'invalid',
      reasons: analysis.validity.reasons.map(({ text, advice }) => `${text} ${advice}`),
      metrics,
    }
  }
  const alone = rules.filter(rule => fewestTrialsFor(rule) === 1).map(rule => judgeSlo(rule, [analysis]))
  return {
    status: alone.length === 0 ? 'pass' : worst(alone.map(({ status }) => status)),
    reasons: alone.flatMap(({ rule, status, reason }) => (status === 'pass' ? [] : [`${rule}: ${reason}`])),
    metrics,
  }
}

function judgeSlo(slo: Slo, trials: readonly Analysis[]): SloVerdict {
  const { rule, metric, operator, limit, aggregate } = slo
  const undecided = (reason: string): SloVerdict => ({
    rule,
    status: 'inconclusive',
    observed: null,
    margin: null,
    reason,
  })
  if (trials.length === 0) return { ...undecided('no valid trial'), status: 'invalid' }
  const fewest = fewestTrialsFor(slo)
  if (trials.length < fewest)
    return undecided(`it needs at least ${fewest} valid trials, and there are ${trials.length}`)
  const values: Bracketed[] = []
  for (const { metrics } of trials) {
    const measured: Measured<number | Bracketed> = metrics[metric]
    if (measured.value === null) return undecided(`${metric} could not be measured: ${measured.reason}`)
    const { value } = measured
    values.push(typeof value === 'number' ? { value, lower: value, upper: value } : value)
  }
  const { value, lower, upper } = aggregateBracketed(values, aggregate)
  const told = { rule, observed: rounded(value), margin: rounded(limit - value) }
  const [atLower, atUpper] = [holds(lower, operator, limit), holds(upper, operator, limit)]
  if (atLower !== atUpper) {
    const reason = `the limit lies inside the bracket, ${rounded(lower)} to ${rounded(upper)}`
    return { ...told, status: 'inconclusive', reason }
  }
  if (holds(value, operator, limit)) return { ...told, status: 'pass' }
  return { ...told, status: 'fail', reason: `observed ${rounded(value)}` }
}

function reasonsOfInvalid({ status, reasons }: TrialVerdict, index: number, trials: number): string[] {
  if (status !== 'invalid') return []
  return reasons.map(reason => (trials > 1 ? `trial ${index + 1}: ${reason}` : reason))
}

function flatten(metrics: Metrics): Record<string, unknown> {
  const flat: Record<string, unknown> = {}
  for (const [name, measured] of Object.entries(metrics) as [string, Measured<number | object>][]) {
    flat[name] = measured.value
    if (measured.value === null) flat[`${name}_reason`] = measured.reason
  }
  return flat
}

/** The rule of three, exactly: with no violation in n trials the true rate is below 1 − 0.05^(1/n), at 95 %. */
function whatProves(trials: number): string {
  if (trials === 0) return 'No valid trial: nothing is proved.'
  const bound = Math.ceil(100 * (1 - 0.05 ** (1 / trials)))
  return `${trials} valid trial${trials === 1 ? '' : 's'}: without a violation in ${trials === 1 ? 'it' : 'them'}, the true rate of violations is below ${bound} % (95 % confidence).`
}

function rounded(value: number): number {
  return Number(value.toFixed(3))
}

import type { Metrics } from '../analysis/metrics.ts'
import type { SloMetric } from '../verdict/slo.ts'
import { type Observations, observe, type Sampling } from './observations.ts'
import { convict, type Evidence, isSuspect, weigh } from './regression-rule.ts'

/** `suspected`: the first stage found it, and there are too few trials for the second. */
export type Finding = 'no regression' | 'suspected' | 'regression' | 'not compared'

/** One metric, base against candidate; the shape that `verdict.json` has. */
export interface MetricComparison {
  readonly metric: SloMetric
  readonly finding: Finding
  /** Which stage decided, and so how many trials of each side the numbers here come from. */
  readonly stage: 1 | 2
  readonly trials_each: number
  /** Medians of what was measured; `null` where the run ended first in half of the trials or more, or the metric is missing. */
  readonly base: number | null
  readonly candidate: number | null
  /** Of the candidate to the base; `null` if infinite, or not compared. */
  readonly ratio: number | null
  /** The chance of such a difference if both sides were the same; `null` if not compared. */
  readonly chance: number | null
  readonly reason?: string
}

export interface Comparison {
  readonly finding: Finding
  readonly stage: 1 | 2
  readonly metrics: readonly MetricComparison[]
}

export interface Sides {
  readonly metrics: readonly SloMetric[]
  /** Valid trials that each side must have for the first stage; the second needs twice as many in all. */
  readonly wanted: number
  /** The valid trials' metrics, in the order in which they were made. */
  readonly base: readonly Metrics[]
  readonly candidate: readonly Metrics[]
  readonly sampling: Sampling
}

const WORST_FIRST: readonly Finding[] = ['regression', 'suspected', 'not compared', 'no regression']

/** The two-stage rule over all metrics, on the trials that there are. Nothing to compare is never `no regression`. */
export function compareSides({ metrics, wanted, base, candidate, sampling }: Sides): Comparison {
  const trialsEach = Math.min(base.length, candidate.length)
  const sides = (metric: SloMetric, trials: number) => ({
    base: observe(metric, base.slice(0, trials), sampling),
    candidate: observe(metric, candidate.slice(0, trials), sampling),
  })
  if (trialsEach < wanted) {
    const reason = `it needs ${wanted} valid trials of each side, and there are ${base.length} of the base and ${candidate.length} of the candidate`
    return conclude(
      1,
      metrics.map(metric => notCompared(metric, trialsEach, sides(metric, trialsEach), reason)),
    )
  }
  const first = metrics.map(metric => firstStage(metric, wanted, sides(metric, wanted)))
  if (!first.some(({ finding }) => finding === 'suspected') || trialsEach < 2 * wanted)
    return conclude(1, first)
  const compared = first.filter(({ finding }) => finding !== 'not compared').length
  const all = (metric: SloMetric) => sides(metric, 2 * wanted)
  return conclude(2, secondStage(first, 2 * wanted, all, compared))
}

interface Observed {
  readonly base: Observations
  readonly candidate: Observations
}

function firstStage(metric: SloMetric, trials: number, observed: Observed): MetricComparison {
  const evidence = weighed(observed)
  if (typeof evidence === 'string') return notCompared(metric, trials, observed, evidence)
  return told(metric, 1, trials, observed, evidence, isSuspect(evidence) ? 'suspected' : 'no regression')
}

/** The suspects of the first stage on all trials; the others stay as they are. */
function secondStage(
  first: readonly MetricComparison[],
  trials: number,
  observedIn: (metric: SloMetric) => Observed,
  compared: number,
): MetricComparison[] {
  const suspects = first
    .filter(({ finding }) => finding === 'suspected')
    .map(({ metric }) => ({ metric, observed: observedIn(metric), evidence: weighed(observedIn(metric)) }))
  const weighable = suspects.flatMap(({ evidence }) => (typeof evidence === 'string' ? [] : [evidence]))
  const verdicts = convict(weighable, compared)
  const judged = suspects.map(({ metric, observed, evidence }) => {
    if (typeof evidence === 'string') return notCompared(metric, trials, observed, evidence)
    const isConvicted = verdicts[weighable.indexOf(evidence)]
    return told(metric, 2, trials, observed, evidence, isConvicted ? 'regression' : 'no regression')
  })
  return first.map(comparison => judged.find(({ metric }) => metric === comparison.metric) ?? comparison)
}

/** The evidence, or why there is none. */
function weighed({ base, candidate }: Observed): Evidence | string {
  if (base.kind === 'missing') return `the base: ${base.reason}`
  if (candidate.kind === 'missing') return `the candidate: ${candidate.reason}`
  return weigh(base.values, candidate.values)
}

function told(
  metric: SloMetric,
  stage: 1 | 2,
  trials: number,
  observed: Observed,
  { chance, ratio }: Evidence,
  finding: Finding,
): MetricComparison {
  return {
    metric,
    finding,
    stage,
    trials_each: trials,
    base: medianOf(observed.base),
    candidate: medianOf(observed.candidate),
    ratio: rounded(ratio),
    chance: rounded(chance),
  }
}

function notCompared(
  metric: SloMetric,
  trials: number,
  observed: Observed,
  reason: string,
): MetricComparison {
  return {
    metric,
    finding: 'not compared',
    stage: 1,
    trials_each: trials,
    base: medianOf(observed.base),
    candidate: medianOf(observed.candidate),
    ratio: null,
    chance: null,
    reason,
  }
}

function conclude(stage: 1 | 2, metrics: readonly MetricComparison[]): Comparison {
  const finding = WORST_FIRST.find(each => metrics.some(metric => metric.finding === each))
  return { finding: finding ?? 'not compared', stage, metrics }
}

function medianOf(observations: Observations): number | null {
  if (observations.kind === 'missing' || observations.measured.length === 0) return null
  const sorted = [...observations.measured].sort((a, b) => a - b)
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1)
  return rounded(middle.reduce((total, value) => total + value, 0) / middle.length)
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null
}

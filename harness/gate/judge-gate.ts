import type { Analysis } from '../analysis/analyse.ts'
import { type Comparison, compareSides, type Finding } from '../comparison/compare-sides.ts'
import { judge, type VerdictDocument } from '../verdict/judge.ts'
import type { SloVerdict } from '../verdict/judge-slo.ts'
import { parseSlo, type SloMetric } from '../verdict/slo.ts'
import { type Status, worst } from '../verdict/status.ts'
import type { GateRecord } from './gate-record.ts'
import type { SideName } from './side-images.ts'

/** `verdict.json` of a gate: the candidate's trials and SLOs, and how it compares with the base. */
export interface GateVerdict extends VerdictDocument {
  readonly baseline: string
  readonly comparison: Comparison
}

export interface GateCase {
  readonly record: GateRecord
  readonly trials: Readonly<Record<SideName, readonly Analysis[]>>
  readonly results: string
}

const STATUS_OF: Readonly<Record<Finding, Status>> = {
  'no regression': 'pass',
  suspected: 'inconclusive',
  'not compared': 'inconclusive',
  regression: 'fail',
}

/** The metrics of a set of SLOs that can be larger on one side; `censored` cannot: cut off values rank highest anyway. */
export function metricsToCompare(slos: readonly string[]): SloMetric[] {
  const metrics = slos.map(rule => parseSlo(rule).metric).filter(metric => metric !== 'censored')
  return [...new Set(metrics)]
}

/**
 * Fails when the candidate violates an SLO or a metric regressed; a calibration that failed makes it invalid,
 * since no number then means what it says. Pure: the same record and trials give the same verdict.
 */
export function judgeGate({ record, trials, results }: GateCase): GateVerdict {
  const { experiment, system, seed, slos, trials: wanted, calibration } = record
  const judged = (side: SideName) =>
    judge({ experiment, system, seed, slos, wanted, trials: trials[side], results })
  const [base, candidate] = [judged('base'), judged('candidate')]
  const comparison = compareSides({
    metrics: metricsToCompare(slos),
    wanted,
    base: validMetrics(trials.base),
    candidate: validMetrics(trials.candidate),
    sampling: record.sampling,
  })
  const { trials: trialVerdicts, slos: sloVerdicts, proves } = candidate
  const common = { schema: 1, experiment, system, seed, baseline: record.baseline } as const
  const rest = { trials: trialVerdicts, slos: sloVerdicts, proves, comparison, results }
  if (calibration.status !== 'pass') {
    const reasons = ['The calibration failed, so that nothing was measured.', ...calibration.reasons]
    return { ...common, status: 'invalid', reasons, ...rest }
  }
  return {
    ...common,
    status: worst([candidate.status, STATUS_OF[comparison.finding]]),
    reasons: [
      ...candidate.reasons.map(reason => `The candidate: ${reason}`),
      ...sharedViolations(base.slos, candidate.slos),
      ...comparison.metrics.flatMap(reasonsOf),
    ],
    ...rest,
  }
}

function validMetrics(trials: readonly Analysis[]) {
  return trials.filter(({ validity }) => validity.status === 'valid').map(({ metrics }) => metrics)
}

function sharedViolations(base: readonly SloVerdict[], candidate: readonly SloVerdict[]): string[] {
  const shared = candidate.filter(
    ({ status, rule }) =>
      status === 'fail' && base.some(other => other.rule === rule && other.status === 'fail'),
  )
  return shared.map(({ rule }) => `The base violates ${rule} as well.`)
}

function reasonsOf({
  metric,
  finding,
  base,
  candidate,
  ratio,
  reason,
}: Comparison['metrics'][number]): string[] {
  const times = ratio === null ? 'far above' : `typically ${ratio.toFixed(2)} times`
  const rose = `${times} the base’s (medians ${told(base)} and ${told(candidate)})`
  switch (finding) {
    case 'no regression':
      return []
    case 'regression':
      return [`${metric} regressed: the candidate’s is ${rose}.`]
    case 'suspected':
      return [
        `${metric} may have regressed: the candidate’s is ${rose}; that was not put to the second stage.`,
      ]
    case 'not compared':
      return [`${metric} was not compared: ${reason}.`]
  }
}

function told(value: number | null): string {
  return value === null ? 'beyond the end of the run' : String(value)
}

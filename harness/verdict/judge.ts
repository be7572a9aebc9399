import type { Analysis } from '../analysis/analyse.ts'
import type { InvalidityCode } from '../analysis/validity/rule.ts'
import { type FlatMetrics, flatten } from './flatten.ts'
import { judgeSlo, type SloVerdict } from './judge-slo.ts'
import { parseSlo, type Slo } from './slo.ts'
import { type Status, worst } from './status.ts'
import { whatProves } from './what-proves.ts'

export type { Status } from './status.ts'

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

/** `status` of a valid trial: the rules held against it as if it were the only one, with p(q) for its own value. */
export interface TrialVerdict {
  readonly status: Status
  readonly reasons: readonly string[]
  readonly metrics: FlatMetrics
}

export interface Case {
  readonly experiment: string
  readonly system: string
  readonly seed: number
  readonly slos: readonly string[]
  /** How many valid trials the run wants. */
  readonly wanted: number
  readonly trials: readonly Analysis[]
  readonly results: string
}

/**
 * Holds every rule against the valid trials; all that was found is merged, worst first. With fewer
 * valid trials than were wanted the whole is at best invalid; an invalid one that was made good by another is
 * told of, and no more, unless a limit was violated in it. Errors: SLO_INVALID.
 */
export function judge({ experiment, system, seed, slos, wanted, trials, results }: Case): VerdictDocument {
  const rules = slos.map(parseSlo)
  const valid = trials.filter(({ validity }) => validity.status === 'valid')
  const judged = rules.map(rule =>
    judgeSlo(
      rule,
      valid.map(({ metrics }) => metrics),
    ),
  )
  const trialVerdicts = trials.map(trial => judgeTrial(trial, rules))
  const count = (wanted: Status) => trialVerdicts.filter(({ status }) => status === wanted).length
  const isWhole = valid.length > 0 && valid.length >= wanted
  const spoilt = trials.flatMap((trial, index) => spoiltBy(trial, rules, nameOf(index, trials.length)))
  return {
    schema: 1,
    status: worst([
      ...judged.map(({ status }) => status),
      ...(isWhole && spoilt.length === 0 ? [] : ['invalid' as const]),
    ]),
    reasons: [
      ...(trials.length === 0 ? ['There is no trial to judge by.'] : []),
      ...(slos.length === 0 ? ['There is no SLO to judge by.'] : []),
      ...trialVerdicts.flatMap((trial, index) => reasonsOfInvalid(trial, nameOf(index, trials.length))),
      ...spoilt,
      ...(valid.length === 0 ? [] : reasonsOfSlos(judged)),
      ...valid.flatMap(trial => relapses(trial, nameOf(trials.indexOf(trial), trials.length))),
    ],
    experiment,
    system,
    seed,
    trials: trialVerdicts,
    slos: judged,
    proves: whatProves({
      passed: count('pass'),
      failed: count('fail'),
      valid: valid.length,
      invalid: trials.length - valid.length,
    }),
    results,
  }
}

/** In these, what was measured is of another fault than the planned one, or of none: it says nothing of a limit. */
const OF_ANOTHER_FAULT: readonly InvalidityCode[] = [
  'fault-not-verified',
  'fault-without-effect',
  'disturbed',
  'nothing-broken',
]

/**
 * A trial that is invalid may still have gone beyond a limit. Machines starve and systems fail together: were it
 * made good by a repeat, the bad ones would be left out and the good ones kept. It is no failure either, for its
 * numbers may not mean what they say.
 */
function spoiltBy({ metrics, validity }: Analysis, rules: readonly Slo[], name: string): string[] {
  if (validity.status === 'valid') return []
  if (validity.reasons.some(({ code }) => OF_ANOTHER_FAULT.includes(code))) return []
  return rules
    .map(rule => judgeSlo(forOne(rule), [metrics]))
    .filter(({ status }) => status === 'fail')
    .map(
      ({ rule, reason }) =>
        `${name}It was invalid, and ${rule} was violated in it (${reason}): a repeat does not make that good.`,
    )
}

function judgeTrial({ metrics, validity }: Analysis, rules: readonly Slo[]): TrialVerdict {
  if (validity.status === 'invalid') {
    const reasons = validity.reasons.map(({ text, advice }) => `${text} ${advice}`)
    return { status: 'invalid', reasons, metrics: flatten(metrics) }
  }
  const alone = rules.map(rule => judgeSlo(forOne(rule), [metrics]))
  return {
    status: worst(alone.map(({ status }) => status)),
    reasons: reasonsOfSlos(alone),
    metrics: flatten(metrics),
  }
}

function forOne(rule: Slo): Slo {
  return rule.aggregate.kind === 'percentile' ? { ...rule, aggregate: { kind: 'max' } } : rule
}

function reasonsOfInvalid({ status, reasons }: TrialVerdict, name: string): string[] {
  return status === 'invalid' ? reasons.map(reason => name + reason) : []
}

function reasonsOfSlos(judged: readonly SloVerdict[]): string[] {
  return judged.flatMap(({ rule, status, reason }) => (status === 'pass' ? [] : [`${rule}: ${reason}`]))
}

/** The error window tells of the first episode only; what came after it must not go unsaid. */
function relapses({ episodes }: Analysis, name: string): string[] {
  return episodes.slice(1).map(({ bad, first_bad_ms, window_ms }) => {
    const length =
      window_ms.value === null ? 'until the end of the run' : `for ${window_ms.value.value.toFixed(0)} ms`
    return `${name}A relapse ${first_bad_ms.toFixed(0)} ms after the fault: ${bad} bad, ${length}; the error window does not count it.`
  })
}

function nameOf(index: number, trials: number): string {
  return trials > 1 ? `Trial ${index + 1}: ` : ''
}

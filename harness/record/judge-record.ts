import { join } from 'node:path'
import type { Analysis } from '../analysis/analyse.ts'
import type { Bracketed } from '../analysis/metrics.ts'
import type { Told, ToldStrike } from './deed.ts'

export const EXPERIMENT_NAME = 'experiment.yaml'

/** What `record --json` prints. */
export interface RecordVerdict {
  readonly schema: 1
  readonly kind: 'record'
  /** `invalid`: what was measured meanwhile does not mean what it says, so that a replay has nothing to be held against. */
  readonly status: 'pass' | 'invalid'
  readonly reasons: readonly string[]
  readonly system: string
  /** ms since the first of them. */
  readonly strikes: readonly StrikeDocument[]
  /** What was done and is not in the experiment. */
  readonly untold: readonly string[]
  readonly error_window_ms: Bracketed | null
  readonly error_window_ms_reason?: string
  readonly experiment: string
  readonly results: string
}

export interface StrikeDocument {
  readonly fault: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly container: string
  readonly at_ms: number
  /** `null`: it was never undone. */
  readonly until_ms: number | null
  readonly told: string
}

export interface RecordFacts {
  readonly told: Told
  readonly analysis: Analysis
  readonly system: string
  readonly results: string
}

export function judgeRecord({ told, analysis, system, results }: RecordFacts): RecordVerdict {
  const { metrics, validity } = analysis
  const window = metrics.error_window_ms
  const [first] = told.strikes
  return {
    schema: 1,
    kind: 'record',
    status: validity.status === 'valid' ? 'pass' : 'invalid',
    reasons:
      validity.status === 'valid' ? [] : validity.reasons.map(({ text, advice }) => `${text} ${advice}`),
    system,
    strikes: told.strikes.map(strike => documentOf(strike, first?.began.atUs ?? 0)),
    untold: told.untold,
    error_window_ms: window.value,
    ...(window.value === null ? { error_window_ms_reason: window.reason } : {}),
    experiment: join(results, EXPERIMENT_NAME),
    results,
  }
}

function documentOf(
  { kind, parameters, target, began, ended, told }: ToldStrike,
  firstUs: number,
): StrikeDocument {
  const sinceFirstMs = (us: number) => Math.round((us - firstUs) / 1000)
  return {
    fault: kind,
    parameters,
    container: target.name,
    at_ms: sinceFirstMs(began.atUs),
    until_ms: ended && sinceFirstMs(ended.atUs),
    told,
  }
}

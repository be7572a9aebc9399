import type { Analysis } from '../analysis/analyse.ts'
import type { InvalidityCode } from '../analysis/validity/rule.ts'
import type { VerdictDocument } from './judge.ts'
import { isLimitInBracket } from './judge-slo.ts'

/** What would be the same in any further trial is not worth one. */
const WILL_NOT_CHANGE: readonly InvalidityCode[] = [
  'too-few-probes',
  'fault-not-verified',
  'fault-without-effect',
  'target-idle',
  'effect-unseen',
]

/** So many invalid trials are repeated, and no more: a machine or a system that gives no valid ones gives none. */
export function mostRepeated(wanted: number): number {
  return Math.max(2, Math.ceil(wanted / 2))
}

/** So many trials may become necessary in all: those wanted, the repeats, and one more for a limit inside a bracket. */
export function mostTrials(wanted: number): number {
  return wanted + mostRepeated(wanted) + 1
}

/** Whether a trial is invalid for a reason that another one would have as well. */
export function isFutile(reasons: readonly { readonly code: InvalidityCode }[]): boolean {
  return reasons.some(({ code }) => WILL_NOT_CHANGE.includes(code))
}

export interface TrialsSoFar {
  readonly wanted: number
  readonly verdict: Pick<VerdictDocument, 'status' | 'slos'>
  readonly trials: readonly Pick<Analysis, 'validity'>[]
}

/**
 * Why there must be another trial; `undefined` when there need be none. An invalid one is repeated, since it
 * is neither pass nor fail. If a limit lies inside the bracket, one more trial is made, once, and counts beside
 * the others. A failure is never repeated until it passes.
 */
export function anotherTrial({ wanted, verdict, trials }: TrialsSoFar): { readonly why: string } | undefined {
  const invalid = trials.filter(({ validity }) => validity.status === 'invalid')
  const last = trials.at(-1)?.validity
  if (last?.status === 'invalid' && isFutile(last.reasons)) return undefined
  if (invalid.length > mostRepeated(wanted) || trials.length >= mostTrials(wanted)) return undefined
  const valid = trials.length - invalid.length
  const oneMore = verdict.status === 'inconclusive' && verdict.slos.some(isLimitInBracket) && valid === wanted
  if (valid >= wanted && !oneMore) return undefined
  if (last?.status === 'invalid') {
    const text = last.reasons[0]?.text ?? 'no reason was given'
    const which = oneMore ? 'The extra trial' : `Trial ${valid + 1} of ${wanted}`
    return { why: `${which} once more, since the last one was invalid: ${text}` }
  }
  if (oneMore) return { why: 'One more trial, since a limit lies inside the bracket.' }
  return { why: `Trial ${valid + 1} of ${wanted}.` }
}

import type { Analysis } from '../analysis/analyse.ts'
import type { Comparison } from '../comparison/compare-sides.ts'
import type { ExperimentPlan } from '../plan/make-plan.ts'
import { randomFrom } from '../plan/random.ts'
import { isFutile, mostRepeated } from '../verdict/another-trial.ts'
import type { SideName } from './side-images.ts'

/** Which side is first in each round: drawn from the seed for each two rounds, the second the other way round. */
export function drawFirsts(seed: number, experiment: string, rounds: number): SideName[] {
  const random = randomFrom(seed, `${experiment}/order`)
  const pairs = Array.from({ length: Math.ceil(rounds / 2) }, (): SideName[] =>
    random.below(2) === 0 ? ['base', 'candidate'] : ['candidate', 'base'],
  )
  return pairs.flat().slice(0, rounds)
}

export interface GateSoFar {
  /** Valid trials of each side for the first stage. */
  readonly wanted: number
  readonly firsts: readonly SideName[]
  readonly trials: Readonly<Record<SideName, readonly Pick<Analysis, 'validity'>[]>>
  readonly comparison: Pick<Comparison, 'metrics'>
  /** Whether the candidate violates an SLO in a way that no further trial can take back. */
  readonly hasFailed: boolean
}

export interface NextTrial {
  readonly side: SideName
  /** Its number within the side, from 1. */
  readonly number: number
  /** From 1. What is drawn by chance belongs to the round, and is the same for both sides, and for a repeat. */
  readonly round: number
  readonly why: string
}

/**
 * The next trial; `undefined` when the gate is over. Both sides in each round; the second stage only for a
 * suspect, and no further than a failure that is certain; an invalid trial again at once, up to a cap for each
 * side. It is over only at the end of a round, so that both sides have as many trials.
 */
export function nextTrial(gate: GateSoFar): NextTrial | undefined {
  const { wanted, firsts, trials } = gate
  if (isHopeless(trials.base, wanted) || isHopeless(trials.candidate, wanted)) return undefined
  const valid = { base: validOf(trials.base), candidate: validOf(trials.candidate) }
  const done = Math.min(valid.base, valid.candidate)
  const suspects = gate.comparison.metrics.filter(({ finding }) => finding === 'suspected')
  const isSecond = done >= wanted && suspects.length > 0
  const rounds = isSecond ? 2 * wanted : wanted
  const isRoundOver = valid.base === valid.candidate
  if (isRoundOver && (done >= rounds || (isSecond && gate.hasFailed))) return undefined
  const side = isRoundOver ? (firsts[done] ?? 'base') : behind(valid)
  const number = trials[side].length + 1
  const [reason] = lastReasons(trials[side])
  const again = reason === undefined ? '' : ` once more, since its last trial was invalid: ${reason.text}`
  const told = isSecond
    ? `, to see whether ${suspects.map(({ metric }) => metric).join(', ')} truly rose`
    : ''
  const round = done + 1
  return { side, number, round, why: `Round ${round} of ${rounds}${told}: the ${side}${again || '.'}` }
}

/** The plan of a side for a trial in that round: whatever the trial's number, its fault comes at the round's phase. */
export function inRound<Plan extends Pick<ExperimentPlan, 'phasesMs'>>(plan: Plan, round: number): Plan {
  const [phaseMs] = plan.phasesMs.slice(round - 1)
  if (phaseMs === undefined) throw new RangeError(`no phase is planned for round ${round}`)
  return { ...plan, phasesMs: plan.phasesMs.map(() => phaseMs) }
}

type Trials = readonly Pick<Analysis, 'validity'>[]

function validOf(trials: Trials): number {
  return trials.filter(({ validity }) => validity.status === 'valid').length
}

function behind(valid: Readonly<Record<SideName, number>>): SideName {
  return valid.base < valid.candidate ? 'base' : 'candidate'
}

function isHopeless(trials: Trials, wanted: number): boolean {
  return trials.length - validOf(trials) > mostRepeated(wanted) || isFutile(lastReasons(trials))
}

/** Why the last trial is invalid; nothing if it is not. */
function lastReasons(trials: Trials) {
  const last = trials.at(-1)?.validity
  return last?.status === 'invalid' ? last.reasons : []
}

import { typicalRatio } from './hodges-lehmann.ts'
import { chanceOfBeingHigher, smallestChance } from './mann-whitney.ts'

/**
 * The rule, in two stages. A difference counts only if it is both hardly chance and large enough to matter;
 * the first stage finds a suspect with few trials, the second, with twice as many in all, convicts it.
 */
const WORTH_A_LOOK = 0.05
/** For all compared metrics together, so that many metrics do not give many false alarms. */
const CONVICTS = 0.01
const MATTERS = 1.1

export interface Evidence {
  /** How likely the candidate would stand so high above the base if both were the same. */
  readonly chance: number
  /** How many times the base's value the candidate's typically is. */
  readonly ratio: number
}

export function weigh(base: readonly number[], candidate: readonly number[]): Evidence {
  return { chance: chanceOfBeingHigher(base, candidate), ratio: typicalRatio(base, candidate) }
}

/** First stage: whether so many more trials are needed. */
export function isSuspect({ chance, ratio }: Evidence): boolean {
  return chance < WORTH_A_LOOK && ratio > MATTERS
}

/**
 * Second stage, on all trials of both stages: which of the compared metrics regressed. `compared`: how many there
 * were in the first stage; those that are not suspects count as borne out by nothing. Holm's step-down: the
 * clearest has to pass as if all were tested, the next as if one fewer were, and so on to the first that does not.
 */
export function convict(suspects: readonly Evidence[], compared: number): boolean[] {
  const clearestFirst = suspects
    .filter(({ ratio }) => ratio > MATTERS)
    .toSorted((a, b) => a.chance - b.chance)
  const isBorneOut = ({ chance }: Evidence, step: number) => chance < CONVICTS / (compared - step)
  const passed = clearestFirst.findIndex((evidence, step) => !isBorneOut(evidence, step))
  const convicted = new Set(passed === -1 ? clearestFirst : clearestFirst.slice(0, passed))
  return suspects.map(evidence => convicted.has(evidence))
}

/** With fewer trials a side than this, no difference however large could ever be told from chance. */
export function fewestTrials(): number {
  let trials = 2
  while (smallestChance(trials) >= WORTH_A_LOOK) trials += 1
  return trials
}

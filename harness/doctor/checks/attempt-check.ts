import { type Check, toolboxCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'
import type { Attempt, AttemptName } from '../network-script.ts'

/** A check of one thing that was tried in the network namespace. */
export interface AttemptCheck extends Check {
  judge(attempt: Attempt | undefined): Finding
}

export interface AttemptSpec {
  readonly name: string
  readonly attempt: AttemptName
  /** What it is good for, when it works. */
  readonly use: string
  /** What will not work without it, and what is used instead. */
  readonly instead: string
}

export function attemptCheck({ name, attempt, use, instead }: AttemptSpec): AttemptCheck {
  const judge = (tried: Attempt | undefined) => {
    if (tried === undefined) return limited('It could not be tried: the network helper did not run.', instead)
    if (tried.exitCode === 0) return fine(use)
    return limited(tried.said || `It ended with ${tried.exitCode}, or was not there when read back.`, instead)
  }
  return {
    ...toolboxCheck(name, async ({ trials }) => judge((await trials.network()).attempts.get(attempt))),
    judge,
  }
}

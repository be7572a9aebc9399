import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { type Status, worst } from './status.ts'

const CODES: Record<Status, ExitCode> = {
  pass: EXIT.pass,
  fail: EXIT.fail,
  inconclusive: EXIT.undecided,
  invalid: EXIT.undecided,
}

/** Of several runs, the worst. */
export function exitCodeOf(statuses: readonly Status[]): ExitCode {
  return CODES[worst(statuses)]
}

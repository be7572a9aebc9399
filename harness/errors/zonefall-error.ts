import { CATALOGUE, type ErrorCode } from './catalogue.ts'
import type { ExitCode } from './exit-codes.ts'

/** An error for the user: one line of what happened, one of what to do. The first cause is kept. */
export class ZonefallError extends Error {
  override readonly name = 'ZonefallError'
  readonly code: ErrorCode
  readonly advice: string
  readonly exitCode: ExitCode

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; advice?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.advice = options.advice ?? CATALOGUE[code].advice
    this.exitCode = CATALOGUE[code].exit
  }

  /** What happened, and what to do about it, as it is shown. */
  get line(): string {
    const sentence = /[.!?:\n]$/.test(this.message) ? this.message : `${this.message}.`
    return `zonefall: ${sentence}${sentence.endsWith('\n') ? '' : ' '}${this.advice}`.trimEnd()
  }
}

/** The text of anything that was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

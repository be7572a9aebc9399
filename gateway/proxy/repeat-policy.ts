import type { Evidence } from '../routing/app-health.ts'
import type { AttemptFailure } from './failure.ts'
import type { RequestBody } from './request-body.ts'

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** RFC 9110 9.2.2: doing it twice has the effect of doing it once. */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method)
}

/**
 * Whether a failed request may be made again. What was never sent always may; what was sent only if it is
 * idempotent, because the app may have done it before it died. Either way its body must be at hand still.
 */
export function mayRepeat(method: string, failure: AttemptFailure, body: RequestBody): boolean {
  if (!body.replayable) return false
  switch (failure.kind) {
    case 'bad-request':
    case 'body-too-large':
    case 'bad-answer':
      return false
    case 'unreachable':
    case 'connection-lost':
    case 'answer-timeout':
    case 'silenced':
      return failure.connection === 'none' || isIdempotent(method)
  }
}

/** What a failure says of the app, if anything. */
export function evidenceOf(failure: AttemptFailure): Evidence | undefined {
  switch (failure.kind) {
    case 'unreachable':
      return 'unreachable'
    case 'connection-lost':
      // A kept connection may have been closed just before: that is no news of the app.
      return failure.connection === 'reused' ? undefined : 'request-failed'
    case 'bad-answer':
      return 'request-failed'
    default:
      // A slow answer is judged by the checks: else a few slow requests would take down every app.
      return undefined
  }
}

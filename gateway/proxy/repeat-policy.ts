import type { Evidence } from '../routing/app-health.ts'
import type { AttemptResult } from './attempt.ts'
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
    case 'deadline-passed':
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

const failedStatuses = new Set([502, 503, 504])

/**
 * What counts against an app in its breaker: that it did not answer, or answered that it cannot. Not what the
 * client did, nor how little time it left; not that nobody was there, which costs nothing to find out and is
 * for the checks to judge; and not a 500, which may be one request's own.
 */
export function isBreakerFailure(result: AttemptResult): boolean {
  switch (result.kind) {
    case 'answer':
      return failedStatuses.has(result.answer.statusCode ?? 0)
    case 'client-gone':
      return false
    case 'failed':
      return (
        result.failure.kind === 'answer-timeout' ||
        result.failure.kind === 'bad-answer' ||
        (result.failure.kind === 'connection-lost' && result.failure.connection === 'fresh')
      )
  }
}

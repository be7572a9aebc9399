import type { EndedRequest } from '../stats/ended-request.ts'
import { terminationState } from './termination.ts'

const MAX_URL = 1_024

/** HAProxy's fields under its names; -1 is its word for a span that was not reached. Milliseconds, bytes. */
export function accessLine(request: EndedRequest): string {
  const { requestMs, queueMs, connectMs, answerMs, totalMs } = request
  return `${JSON.stringify({
    at: new Date(request.atMs).toISOString(),
    event: 'request',
    ...(request.id !== undefined && { request_id: request.id }),
    client: request.client,
    method: request.method,
    url: request.url.slice(0, MAX_URL),
    server: request.server ?? null,
    status: request.status,
    termination: terminationState(request),
    ...(request.reason !== undefined && { reason: request.reason }),
    Tq: span(requestMs),
    Tw: span(queueMs),
    Tc: span(connectMs),
    Tr: span(answerMs),
    Tt: span(totalMs + (requestMs ?? 0)),
    retries: request.retries,
    redispatches: request.redispatches,
    hedges: request.hedges,
    bytes_in: request.bytesIn,
    bytes_out: request.bytesOut,
  })}\n`
}

function span(ms: number | undefined): number {
  return ms === undefined ? -1 : Math.round(ms * 1_000) / 1_000
}

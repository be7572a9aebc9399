import type { Server } from '../server/server.ts'
import type { Traffic } from '../stats/traffic.ts'
import type { UpstreamRequest } from '../upstream/attempt.ts'
import { BodyReplay } from './body-replay.ts'
import type { Exchange, RequestHead } from './exchange.ts'
import { Flight, type FlightSettings } from './flight.ts'
import { headerLines, upstreamHeaders } from './headers.ts'
import type { OriginRules } from './origin/origin-rules.ts'
import type { RequestId } from './origin/request-id.ts'
import { answerOwn } from './own-answer.ts'
import { type ClientRequestFacts, readRequest } from './read-request.ts'
import { isIdempotent } from './retry-policy.ts'

export interface ForwardSettings extends FlightSettings {
  readonly traffic: Traffic
  readonly replayLimit: number
  readonly maxUrl: number
  readonly origin: OriginRules
  /** How long a tunnel may be silent. */
  readonly tunnelMs: number
  /** What a hash goes by. */
  readonly keyOf: (head: RequestHead) => string
  readonly onTrouble: (trouble: Trouble) => void
}

/** A request that did not end as it should have. */
export interface Trouble {
  readonly reason: string
  readonly server: string | null
  readonly method: string
}

/** Carries one request to a server and its answer back, to further servers as long as that is safe. */
export function forward(exchange: Exchange, settings: ForwardSettings): void {
  const { head } = exchange
  const id = settings.origin.requestId?.(head.rawHeaders)
  const trace = settings.traffic.begin(exchange, id)
  const reading = readRequest(head, settings.maxUrl)
  if (reading.kind === 'refused') {
    answerOwn(exchange, reading.status, reading.reason, connectionAfter(settings), id)
    trace.settle(reading.reason)
    return
  }
  const request = upstreamRequest(exchange, reading.facts, id, settings)
  const flight = new Flight(request, exchange, trace, settings.keyOf(head), settings, end => {
    trace.settle(end.kind === 'done' ? undefined : end.reason)
    if (end.kind === 'own' && exchange.state === 'open') {
      answerOwn(exchange, end.status, end.reason, connectionAfter(settings), id)
    }
    request.body?.discard()
    if (end.kind !== 'done') tell(end.reason, end.server, head, settings)
  })
  // A request that cannot be taken back first lets the loop see which kept connections have just been closed.
  if (request.resendable()) flight.proceed()
  else setImmediate(() => flight.proceed())
}

function upstreamRequest(
  exchange: Exchange,
  facts: ClientRequestFacts,
  id: RequestId | undefined,
  { backend, replayLimit, origin }: ForwardSettings,
): UpstreamRequest {
  const { method, path, framing } = facts
  const body = framing === 'none' ? undefined : new BodyReplay(exchange.body, replayLimit)
  const expects = body ? exchange.expects : 'nothing'
  const host = facts.host ?? backend.name
  const { head, client: address, socket } = exchange
  const headers = upstreamHeaders(
    head.rawHeaders,
    { method, framing, host, expects, address, socket, id },
    origin,
  )
  const mayRepeat = isIdempotent(method) || facts.hasIdempotencyKey
  return {
    method,
    head: `${method} ${path} HTTP/1.1\r\n${headerLines(headers)}\r\n`,
    framing,
    body,
    expects,
    resendable: () => mayRepeat && (body?.replayable ?? true),
  }
}

function connectionAfter({ isDraining }: ForwardSettings): 'kept' | 'closed' {
  return isDraining() ? 'closed' : 'kept'
}

function tell(
  reason: string,
  server: Server | undefined,
  { method }: RequestHead,
  { onTrouble }: ForwardSettings,
): void {
  onTrouble({ reason, server: server?.name ?? null, method })
}

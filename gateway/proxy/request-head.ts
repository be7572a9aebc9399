import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { nameOf } from '../auth/consumer.ts'
import type { RequestTarget } from '../routing/request-target.ts'
import type { GatewayContext } from '../server/gateway-context.ts'
import type { RequestScope } from '../server/request-scope.ts'
import { traceparentOf } from '../trace/trace-context.ts'
import { hopByHopNames } from './hop-by-hop.ts'

/**
 * The headers that an app gets: the client's, without those of its connection, plus who forwards for
 * whom, in which trace. The framing (Content-Length, Transfer-Encoding) is not here: the body sets it.
 */
export function requestHead(
  req: IncomingMessage,
  target: RequestTarget,
  { identity, auth }: Pick<GatewayContext, 'identity' | 'auth'>,
  scope: RequestScope,
): IncomingHttpHeaders {
  const dropped = hopByHopNames(req.rawHeaders)
  const head: IncomingHttpHeaders = {}
  for (const [name, value] of Object.entries(req.headers)) {
    if (!dropped.has(name)) head[name] = value
  }
  // The gateway itself answers the expectation, in its own time.
  delete head.expect
  delete head['content-length']
  if (target.authority !== undefined) head.host = target.authority

  // An IPv4 peer of a dual-stack socket shows as ::ffff:192.0.2.1.
  const peer = req.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown'
  head['x-forwarded-for'] = appended(req.headers['x-forwarded-for'], peer)
  head['x-forwarded-proto'] = req.headers['x-forwarded-proto'] ?? 'http'
  head['x-forwarded-host'] = req.headers['x-forwarded-host'] ?? head.host ?? ''
  head.via = appended(req.headers.via, `${req.httpVersion} ${identity.name}`)
  addScope(head, scope, auth.apiKeyHeader)
  return head
}

/** What this gateway says of the request; a client cannot say it in its stead. */
function addScope(head: IncomingHttpHeaders, scope: RequestScope, apiKeyHeader: string): void {
  head['x-request-id'] = scope.id
  head['traceparent'] = traceparentOf(scope.trace)
  if (scope.trace.tracestate === undefined) delete head['tracestate']
  else head['tracestate'] = scope.trace.tracestate
  const consumer = nameOf(scope.consumer)
  if (consumer === undefined) delete head['x-consumer']
  else head['x-consumer'] = consumer
  // The key is between the client and this gateway; an app that logs it must not be a leak.
  if (scope.consumer.kind === 'key') delete head[apiKeyHeader]
}

function appended(list: string | string[] | undefined, item: string): string {
  const before = Array.isArray(list) ? list.join(', ') : list
  return before ? `${before}, ${item}` : item
}

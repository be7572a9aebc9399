import type { IncomingMessage } from 'node:http'
import { leadsToAdmin } from '../routing/admin-door.ts'
import { type RequestTarget, readTarget } from '../routing/request-target.ts'
import type { GatewayErrorCode } from '../server/own-answer.ts'

const served = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

export type Guarded =
  | { readonly pass: RequestTarget }
  | { readonly refuse: GatewayErrorCode; readonly detail: string }

/**
 * What the gateway refuses by a request's head alone, so that two servers never read one request in two
 * ways. node's parser has refused already: both TE and CL, two CLs, bare LF, malformed chunks.
 */
export function guard(req: IncomingMessage): Guarded {
  if (!served.has(req.method ?? '')) return refuse('method-not-served', `${req.method} is not served`)
  const hosts = req.headersDistinct['host']?.length ?? 0
  if (hosts > 1 || (hosts === 0 && req.httpVersion !== '1.0'))
    return refuse('bad-request', `${hosts} Host headers`)
  const framing = checkFraming(req)
  if (framing) return framing
  if (/(^|,)\s*websocket\s*(,|$)/i.test(req.headers.upgrade ?? '')) {
    return refuse('upgrade-not-served', 'WebSocket is not served')
  }
  // Any other Upgrade (h2c) is an offer, which a server may pass over (RFC 9110 7.8).
  const target = readTarget(req.url ?? '')
  if (!target) return refuse('bad-request', 'the request target is neither a path nor an http URL')
  if (leadsToAdmin(target.path)) return refuse('not-for-clients', 'there is nothing here')
  return { pass: target }
}

function checkFraming(req: IncomingMessage): Guarded | undefined {
  const coding = req.headers['transfer-encoding']
  if (coding !== undefined) {
    if (req.httpVersion === '1.0') return refuse('bad-request', 'Transfer-Encoding in HTTP/1.0')
    if (coding.trim().toLowerCase() !== 'chunked')
      return refuse('coding-not-served', 'only chunked is served')
  }
  return undefined
}

function refuse(code: GatewayErrorCode, detail: string): Guarded {
  return { refuse: code, detail }
}

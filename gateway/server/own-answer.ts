import type { ServerResponse } from 'node:http'
import { type Identity, identityHeaders } from './identity.ts'
import type { Lifecycle } from './lifecycle.ts'

/** The gateway's own refusals and failures, each with its status. */
export const gatewayErrors = {
  'bad-request': 400,
  unauthenticated: 401,
  'not-for-clients': 404,
  'no-route': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'body-too-large': 413,
  'expectation-unknown': 417,
  'rate-limited': 429,
  'head-too-large': 431,
  'method-not-served': 501,
  'coding-not-served': 501,
  'upgrade-not-served': 501,
  'app-connection-lost': 502,
  'bad-app-answer': 502,
  'no-app-reachable': 503,
  'circuit-open': 503,
  'upstream-full': 503,
  overloaded: 503,
  'keys-unavailable': 503,
  'app-timeout': 504,
  'deadline-passed': 504,
} as const

export type GatewayErrorCode = keyof typeof gatewayErrors

export interface Answerer {
  readonly identity: Identity
  readonly lifecycle: Lifecycle
  /** On the answer too, whoever gives it: the request's id, the state of its rate limit. */
  readonly answerHeaders: readonly (readonly [name: string, value: string])[]
  /** Told of each error of the gateway's own. */
  readonly onOwnError: (code: GatewayErrorCode) => void
}

type Headers = readonly (readonly [name: string, value: string])[]

/** Answers with an error of the gateway's own; nothing if an answer is on its way already. */
export function answerError(
  from: Answerer,
  res: ServerResponse,
  code: GatewayErrorCode,
  detail: string,
  headers: Headers = [],
): void {
  if (res.headersSent || res.destroyed) return
  from.onOwnError(code)
  const status = gatewayErrors[code]
  const told = [...from.answerHeaders, ...headers].some(([name]) => name === 'retry-after')
  const retry: Headers = status === 503 && !told ? [['retry-after', '1']] : []
  answerJson(from, res, status, errorDocument(from, code, detail), [
    ['x-zonefall-gateway-error', code],
    ...headers,
    ...retry,
  ])
}

export function errorDocument(from: Answerer, code: GatewayErrorCode, detail: string) {
  return { error: code, detail, gateway: from.identity.name, zone: from.identity.zone }
}

export function answerJson(
  from: Answerer,
  res: ServerResponse,
  status: number,
  document: Readonly<Record<string, unknown>>,
  headers: Headers = [],
): void {
  if (res.headersSent || res.destroyed) return
  const body = Buffer.from(`${JSON.stringify(document)}\n`)
  const all: Headers = [
    ...identityHeaders(from.identity),
    ...from.answerHeaders,
    ...headers,
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
    ...closing(from.lifecycle),
  ]
  res.writeHead(status, all.flat())
  res.end(body)
}

/** While draining, each answer closes its connection: the next request goes to another gateway. */
export function closing(lifecycle: Lifecycle): [string, string][] {
  return lifecycle.phase === 'draining' ? [['connection', 'close']] : []
}

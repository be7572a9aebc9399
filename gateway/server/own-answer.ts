import type { ServerResponse } from 'node:http'
import { type Identity, identityHeaders } from './identity.ts'
import type { Lifecycle } from './lifecycle.ts'

/** The gateway's own refusals and failures, each with its status. */
export const gatewayErrors = {
  'bad-request': 400,
  'not-for-clients': 404,
  'request-timeout': 408,
  'body-too-large': 413,
  'expectation-unknown': 417,
  'head-too-large': 431,
  'method-not-served': 501,
  'coding-not-served': 501,
  'upgrade-not-served': 501,
  'app-connection-lost': 502,
  'bad-app-answer': 502,
  'no-app-reachable': 503,
  'app-timeout': 504,
} as const

export type GatewayErrorCode = keyof typeof gatewayErrors

export interface Answerer {
  readonly identity: Identity
  readonly lifecycle: Lifecycle
}

/** Answers with an error of the gateway's own; nothing if an answer is on its way already. */
export function answerError(
  from: Answerer,
  res: ServerResponse,
  code: GatewayErrorCode,
  detail: string,
): void {
  const retry: [string, string][] = code === 'no-app-reachable' ? [['retry-after', '1']] : []
  answerJson(from, res, gatewayErrors[code], errorDocument(from, code, detail), [
    ['x-zonefall-gateway-error', code],
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
  headers: readonly [string, string][] = [],
): void {
  if (res.headersSent || res.destroyed) return
  const body = Buffer.from(`${JSON.stringify(document)}\n`)
  const all: [string, string][] = [
    ...identityHeaders(from.identity),
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

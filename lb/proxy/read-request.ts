import type { IncomingMessage } from 'node:http'
import { valuesOf } from './headers.ts'

export interface ClientRequestFacts {
  readonly method: string
  /** Origin form, or `*`. */
  readonly path: string
  readonly host: string | undefined
  readonly framing: 'none' | 'length' | 'chunked'
}

export type Reading =
  | { readonly kind: 'accepted'; readonly facts: ClientRequestFacts }
  | { readonly kind: 'refused'; readonly status: 400 | 414 | 501; readonly reason: string }

/**
 * What Node's parser lets through and a proxy must not pass on. The parser itself refuses Content-Length beside
 * Transfer-Encoding, repeated lengths, bare line feeds, folded headers and malformed chunks.
 */
export function readRequest(request: IncomingMessage, maxUrl: number): Reading {
  const { rawHeaders, method = 'GET', url = '/' } = request
  if (url.length > maxUrl) return refuse(414, 'url-too-long')
  const hosts = valuesOf(rawHeaders, 'host')
  if (hosts.length === 0 && request.httpVersion !== '1.0') return refuse(400, 'no-host')
  if (hosts.length > 1) return refuse(400, 'several-hosts')
  const codings = valuesOf(rawHeaders, 'transfer-encoding')
  if (codings.length > 0 && request.httpVersion === '1.0') return refuse(400, 'transfer-encoding-in-http-1.0')
  if (codings.length > 1) return refuse(400, 'several-transfer-encodings')
  if (codings.length === 1 && codings[0]?.toLowerCase() !== 'chunked') return refuse(501, 'transfer-coding')
  if (valuesOf(rawHeaders, 'upgrade').some(value => /^websocket\b/i.test(value)))
    return refuse(501, 'upgrade')
  const target = readTarget(url, hosts[0])
  if (!target) return refuse(400, 'request-target')
  const length = Number(valuesOf(rawHeaders, 'content-length')[0] ?? 0)
  const framing = codings.length > 0 ? 'chunked' : length > 0 ? 'length' : 'none'
  return { kind: 'accepted', facts: { method, framing, ...target } }
}

/** Absolute form must be understood, and its authority counts instead of Host (RFC 9112 3.2.2). */
function readTarget(url: string, host: string | undefined) {
  if (url.startsWith('/') || url === '*') return { path: url, host }
  const [, authority, path] = /^http:\/\/([^/?#]+)([^#]*)$/i.exec(url) ?? []
  if (authority === undefined || path === undefined || authority.includes('@')) return undefined
  return { path: path.startsWith('/') ? path : `/${path}`, host: authority }
}

function refuse(status: 400 | 414 | 501, reason: string): Reading {
  return { kind: 'refused', status, reason }
}

import { NameFilter } from '../syntax/name-filter.ts'
import type { RequestHead } from './exchange.ts'

export interface ClientRequestFacts {
  readonly method: string
  /** Origin form, or `*`. */
  readonly path: string
  readonly host: string | undefined
  readonly framing: 'none' | 'length' | 'chunked'
  /** The client says that to do it twice is to do it once. */
  readonly hasIdempotencyKey: boolean
}

export type Reading =
  | { readonly kind: 'accepted'; readonly facts: ClientRequestFacts }
  | { readonly kind: 'refused'; readonly status: 400 | 414 | 501; readonly reason: string }

const SPECIAL = new NameFilter([
  ...['host', 'transfer-encoding', 'content-length'],
  ...['upgrade', 'idempotency-key'],
])

interface Seen {
  hosts: number
  host: string | undefined
  codings: number
  coding: string
  length: string
  isWebsocket: boolean
  hasIdempotencyKey: boolean
}

/**
 * What Node's parser lets through and a proxy must not pass on. The parser itself refuses Content-Length beside
 * Transfer-Encoding, repeated lengths, bare line feeds, folded headers and malformed chunks.
 */
export function readRequest({ rawHeaders, method, url, httpVersion }: RequestHead, maxUrl: number): Reading {
  if (url.length > maxUrl) return refuse(414, 'url-too-long')
  const { hosts, host, codings, coding, length, isWebsocket, hasIdempotencyKey } = look(rawHeaders)
  if (hosts === 0 && httpVersion !== '1.0') return refuse(400, 'no-host')
  if (hosts > 1) return refuse(400, 'several-hosts')
  if (codings > 0 && httpVersion === '1.0') return refuse(400, 'transfer-encoding-in-http-1.0')
  if (codings > 1) return refuse(400, 'several-transfer-encodings')
  if (codings === 1 && coding.toLowerCase() !== 'chunked') return refuse(501, 'transfer-coding')
  if (isWebsocket) return refuse(501, 'upgrade')
  const target = readTarget(url, host)
  if (!target) return refuse(400, 'request-target')
  const framing = codings > 0 ? 'chunked' : Number(length) > 0 ? 'length' : 'none'
  return { kind: 'accepted', facts: { method, framing, hasIdempotencyKey, ...target } }
}

function look(rawHeaders: readonly string[]): Seen {
  const seen: Seen = {
    hosts: 0,
    host: undefined,
    codings: 0,
    coding: '',
    length: '0',
    isWebsocket: false,
    hasIdempotencyKey: false,
  }
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const lower = SPECIAL.lower(rawHeaders[at] as string)
    if (lower !== undefined) note(lower, rawHeaders[at + 1] as string, seen)
  }
  return seen
}

function note(lower: string, value: string, seen: Seen): void {
  switch (lower) {
    case 'host':
      seen.hosts += 1
      seen.host ??= value
      return
    case 'transfer-encoding':
      seen.codings += 1
      seen.coding = value
      return
    case 'content-length':
      seen.length = value
      return
    case 'upgrade':
      seen.isWebsocket ||= /^websocket\b/i.test(value)
      return
    case 'idempotency-key':
      seen.hasIdempotencyKey = value !== ''
  }
}

/**
 * Absolute form must be understood, and its authority counts instead of Host (RFC 9112 3.2.2). No form has a
 * fragment: a server may cut it off, and serve another path than whoever looked at this one let in.
 */
function readTarget(url: string, host: string | undefined) {
  if (url.includes('#')) return undefined
  if (url.startsWith('/') || url === '*') return { path: url, host }
  const [, authority, path] = /^http:\/\/([^/?]+)(.*)$/i.exec(url) ?? []
  if (authority === undefined || path === undefined || authority.includes('@')) return undefined
  return { path: path.startsWith('/') ? path : `/${path}`, host: authority }
}

function refuse(status: 400 | 414 | 501, reason: string): Reading {
  return { kind: 'refused', status, reason }
}

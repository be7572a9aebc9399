import {
  COLON,
  isBlank,
  isLineEnd,
  SLASH,
  SPACE,
  skip,
  TARGET,
  TEXT,
  TOKEN,
} from '../../syntax/head-bytes.ts'
import { NameFilter } from '../../syntax/name-filter.ts'
import type { RequestHead } from '../exchange.ts'

/** A request of the most usual kind. Whatever is not, Node's parser reads, and refuses. */
export interface PlainRequest {
  readonly head: RequestHead
  /** Where the head's bytes end. */
  readonly end: number
  readonly bodyBytes: number
  /** What the client wants of its connection. */
  readonly connection: 'kept' | 'closed'
}

/** The empty line, and the end of the one before. */
const HEAD_END_BYTES = 4
/** Node's parser knows more methods, and more ways to write a target. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const LONGEST_METHOD = 7
const AFTER_TARGET = ' HTTP/1.1\r\n'
/** They change how a message is read or to whom it belongs: not for here. */
const NOT_PLAIN = new Set([
  'transfer-encoding',
  'upgrade',
  'expect',
  'proxy-connection',
  'http2-settings',
  'trailer',
  'te',
])
const SPECIAL = new NameFilter([...NOT_PLAIN, 'host', 'connection', 'content-length'])

interface Seen {
  readonly headers: string[]
  hosts: number
  lengths: number
  bodyBytes: number
  connections: number
  connection: 'kept' | 'closed'
}

/**
 * Reads a head that is whole and plain: a strict part of what Node's parser accepts, read as that one reads it.
 * `undefined`: it is not, or not yet; then Node's has to say what it is.
 */
export function readPlainRequest(bytes: Buffer, maxHead: number): PlainRequest | undefined {
  const limit = Math.min(bytes.length, maxHead + HEAD_END_BYTES)
  const methodEnd = skip(bytes, 0, Math.min(limit, LONGEST_METHOD), TOKEN)
  if (bytes[methodEnd] !== SPACE || bytes[methodEnd + 1] !== SLASH) return undefined
  const text = bytes.toString('latin1', 0, limit)
  const method = text.slice(0, methodEnd)
  const targetEnd = skip(bytes, methodEnd + 1, limit, TARGET)
  if (!METHODS.has(method) || !text.startsWith(AFTER_TARGET, targetEnd)) return undefined
  const seen: Seen = {
    headers: [],
    hosts: 0,
    lengths: 0,
    bodyBytes: 0,
    connections: 0,
    connection: 'kept',
  }
  const end = readHeaders(bytes, text, targetEnd + AFTER_TARGET.length, limit, seen)
  if (end < 0 || seen.hosts !== 1 || seen.lengths > 1 || seen.connections > 1) return undefined
  return {
    head: {
      method,
      url: text.slice(methodEnd + 1, targetEnd),
      httpVersion: '1.1',
      rawHeaders: seen.headers,
    },
    end,
    bodyBytes: seen.bodyBytes,
    connection: seen.connection,
  }
}

/** Where the head ends; -1: it does not, or is not plain. */
function readHeaders(bytes: Buffer, text: string, from: number, limit: number, seen: Seen): number {
  let at = from
  while (!isLineEnd(bytes, at, limit)) {
    const nameEnd = skip(bytes, at, limit, TOKEN)
    if (nameEnd === at || bytes[nameEnd] !== COLON) return -1
    const start = bytes[nameEnd + 1] === SPACE ? nameEnd + 2 : nameEnd + 1
    const end = skip(bytes, start, limit, TEXT)
    if (!isLineEnd(bytes, end, limit)) return -1
    if (end > start && (isBlank(bytes[start]) || isBlank(bytes[end - 1]))) return -1
    const name = text.slice(at, nameEnd)
    const value = text.slice(start, end)
    const lower = SPECIAL.lower(name)
    if (lower !== undefined && !note(lower, value, seen)) return -1
    seen.headers.push(name, value)
    at = end + 2
  }
  return at + 2
}

/** `false`: not plain. */
function note(lower: string, value: string, seen: Seen): boolean {
  switch (lower) {
    case 'host':
      seen.hosts += 1
      return value !== ''
    case 'content-length':
      seen.lengths += 1
      seen.bodyBytes = Number(value)
      return /^\d{1,15}$/.test(value)
    case 'connection':
      seen.connections += 1
      seen.connection = /^close$/i.test(value) ? 'closed' : 'kept'
      return /^(?:close|keep-alive)$/i.test(value)
    default:
      return !NOT_PLAIN.has(lower)
  }
}

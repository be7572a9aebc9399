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

const HEAD_END = Buffer.from('\r\n\r\n')
/** Node's parser knows more methods, and more ways to write a target. */
const REQUEST_LINE =
  /(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*) HTTP\/1\.1\r\n/y
const HEADER_LINE = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?\r\n/y
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
const SPECIAL_LENGTHS = new Set(
  [...NOT_PLAIN, 'host', 'connection', 'content-length'].map(name => name.length),
)

interface Seen {
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
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0 || headEnd > maxHead) return undefined
  const text = bytes.toString('latin1', 0, headEnd + 2)
  REQUEST_LINE.lastIndex = 0
  const line = REQUEST_LINE.exec(text)
  if (!line) return undefined
  const seen: Seen = { hosts: 0, lengths: 0, bodyBytes: 0, connections: 0, connection: 'kept' }
  const rawHeaders = readHeaders(text, REQUEST_LINE.lastIndex, seen)
  if (!rawHeaders || seen.hosts !== 1 || seen.lengths > 1 || seen.connections > 1) return undefined
  return {
    head: { method: line[1] as string, url: line[2] as string, httpVersion: '1.1', rawHeaders },
    end: headEnd + 4,
    bodyBytes: seen.bodyBytes,
    connection: seen.connection,
  }
}

function readHeaders(text: string, from: number, seen: Seen): string[] | undefined {
  const headers: string[] = []
  HEADER_LINE.lastIndex = from
  while (HEADER_LINE.lastIndex < text.length) {
    const line = HEADER_LINE.exec(text)
    if (!line) return undefined
    const name = line[1] as string
    const value = line[2] ?? ''
    if (SPECIAL_LENGTHS.has(name.length) && !note(name.toLowerCase(), value, seen)) return undefined
    headers.push(name, value)
  }
  return headers
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

import { COLON, DIGIT, isBlank, isLineEnd, OPAQUE, SPACE, skip, TOKEN } from '../syntax/head-bytes.ts'
import { NameFilter } from '../syntax/name-filter.ts'

/** The head of an answer as a server sent it: syntax checked, nothing changed. */
export interface AnswerHead {
  readonly version: '1.0' | '1.1'
  readonly status: number
  readonly phrase: string
  /** Name, value, name, value, in their order. */
  readonly headers: readonly string[]
  readonly framing: AnswerFraming
  /** Whether the server keeps the connection after this answer. */
  readonly connection: 'kept' | 'closed'
}

export type AnswerFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Its end is the connection's: nobody can tell it from a cut. */
  | { readonly kind: 'until-close' }

const VERSION = 'HTTP/1.'
/** After the version: its minor number, a space, three digits. */
const STATUS_LINE_LEAST = VERSION.length + 5
const SPECIAL = new NameFilter(['content-length', 'transfer-encoding', 'connection'])

interface Framing {
  lengths: number
  length: string
  codings: number
  coding: string
  connection: string
}

/**
 * Reads a head from `start` to `end`, its last line's end included, the empty line not. `undefined`: no strict HTTP/1
 * (RFC 9112): bare line feeds, folded lines, spaces before a colon, control characters, several lengths or codings, a
 * coding other than chunked.
 */
export function readAnswerHead(
  bytes: Buffer,
  start: number,
  end: number,
  method: string,
): AnswerHead | undefined {
  const text = bytes.toString('latin1', start, end)
  // Of a view without an offset: nearly every answer is the first of its read, and needs none of its own.
  const head = start === 0 ? bytes : bytes.subarray(start, end)
  const lineEnd = endOfStatusLine(head, text)
  if (lineEnd < 0) return undefined
  const version = text[VERSION.length] === '0' ? '1.0' : '1.1'
  const status = Number(text.slice(STATUS_LINE_LEAST - 3, STATUS_LINE_LEAST))
  const seen: Framing = { lengths: 0, length: '', codings: 0, coding: '', connection: '' }
  const headers = readHeaders(head, text, lineEnd + 2, seen)
  if (!headers) return undefined
  const framing = framingOf(seen, status, method)
  if (!framing || (version === '1.0' && seen.codings > 0)) return undefined
  return {
    version,
    status,
    phrase: text.slice(STATUS_LINE_LEAST + 1, lineEnd),
    headers,
    framing,
    connection: framing.kind !== 'until-close' && isKept(seen.connection, version) ? 'kept' : 'closed',
  }
}

/** `HTTP/1.`, 0 or 1, a space, a status from 100 on, and, after another space, any phrase. -1: it is something else. */
function endOfStatusLine(head: Buffer, text: string): number {
  const minor = text[VERSION.length]
  if (!text.startsWith(VERSION) || (minor !== '0' && minor !== '1')) return -1
  if (head[VERSION.length + 1] !== SPACE || text[VERSION.length + 2] === '0') return -1
  if (skip(head, VERSION.length + 2, text.length, DIGIT) !== STATUS_LINE_LEAST) return -1
  const hasPhrase = head[STATUS_LINE_LEAST] === SPACE
  const end = hasPhrase ? skip(head, STATUS_LINE_LEAST, text.length, OPAQUE) : STATUS_LINE_LEAST
  return isLineEnd(head, end, text.length) ? end : -1
}

function readHeaders(head: Buffer, text: string, from: number, seen: Framing): string[] | undefined {
  const headers: string[] = []
  let at = from
  while (at < text.length) {
    const nameEnd = skip(head, at, text.length, TOKEN)
    if (nameEnd === at || head[nameEnd] !== COLON) return undefined
    const lineEnd = skip(head, nameEnd + 1, text.length, OPAQUE)
    if (!isLineEnd(head, lineEnd, text.length)) return undefined
    let start = nameEnd + 1
    let end = lineEnd
    while (start < end && isBlank(head[start])) start += 1
    while (end > start && isBlank(head[end - 1])) end -= 1
    const name = text.slice(at, nameEnd)
    const value = text.slice(start, end)
    headers.push(name, value)
    const lower = SPECIAL.lower(name)
    if (lower !== undefined) note(lower, value, seen)
    at = lineEnd + 2
  }
  return headers
}

function note(lower: string, value: string, seen: Framing): void {
  switch (lower) {
    case 'content-length':
      seen.lengths += 1
      seen.length = value
      return
    case 'transfer-encoding':
      seen.codings += 1
      seen.coding = value
      return
    case 'connection':
      seen.connection = seen.connection === '' ? value : `${seen.connection},${value}`
  }
}

function isKept(connection: string, version: '1.0' | '1.1'): boolean {
  if (connection === '') return version === '1.1'
  const tokens = connection
    .toLowerCase()
    .split(',')
    .map(token => token.trim())
  return version === '1.1' ? !tokens.includes('close') : tokens.includes('keep-alive')
}

/** RFC 9112 6.3, and nothing that two readers could read in two ways. */
function framingOf(seen: Framing, status: number, method: string): AnswerFraming | undefined {
  if (seen.lengths > 1 || seen.codings > 1 || (seen.lengths > 0 && seen.codings > 0)) return undefined
  if (seen.codings === 1 && seen.coding.toLowerCase() !== 'chunked') return undefined
  if (seen.lengths === 1 && !/^\d{1,15}$/.test(seen.length)) return undefined
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return { kind: 'none' }
  if (seen.codings === 1) return { kind: 'chunked' }
  if (seen.lengths === 1) return { kind: 'length', bytes: Number(seen.length) }
  return { kind: 'until-close' }
}

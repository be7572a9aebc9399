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

const STATUS_LINE = /HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?\r\n/y
const HEADER_LINE = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)\r\n/y

interface Framing {
  lengths: number
  length: string
  codings: number
  coding: string
  connection: string
}

/**
 * Reads a head, its empty line not included. `undefined`: no strict HTTP/1 (RFC 9112): bare line feeds, folded lines,
 * spaces before a colon, control characters, several lengths or codings, a coding other than chunked.
 */
export function readAnswerHead(text: string, method: string): AnswerHead | undefined {
  STATUS_LINE.lastIndex = 0
  const line = STATUS_LINE.exec(text)
  if (!line) return undefined
  const version = line[1] === '0' ? '1.0' : '1.1'
  const status = Number(line[2])
  const seen: Framing = { lengths: 0, length: '', codings: 0, coding: '', connection: '' }
  const headers = readHeaders(text, STATUS_LINE.lastIndex, seen)
  if (!headers) return undefined
  const framing = framingOf(seen, status, method)
  if (!framing || (version === '1.0' && seen.codings > 0)) return undefined
  const tokens =
    seen.connection === ''
      ? []
      : seen.connection
          .toLowerCase()
          .split(',')
          .map(token => token.trim())
  const kept = version === '1.1' ? !tokens.includes('close') : tokens.includes('keep-alive')
  return {
    version,
    status,
    phrase: line[3] ?? '',
    headers,
    framing,
    connection: kept && framing.kind !== 'until-close' ? 'kept' : 'closed',
  }
}

function readHeaders(text: string, from: number, seen: Framing): string[] | undefined {
  const headers: string[] = []
  HEADER_LINE.lastIndex = from
  while (HEADER_LINE.lastIndex < text.length) {
    const line = HEADER_LINE.exec(text)
    if (!line) return undefined
    const name = line[1] as string
    const value = trimmed(line[2] as string)
    headers.push(name, value)
    note(name, value, seen)
  }
  return headers
}

/** Spaces and tabs only: `trim` would take off other characters too. */
function trimmed(value: string): string {
  let from = 0
  let end = value.length
  while (from < end && isBlank(value.charCodeAt(from))) from += 1
  while (end > from && isBlank(value.charCodeAt(end - 1))) end -= 1
  return value.slice(from, end)
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

function note(name: string, value: string, seen: Framing): void {
  if (name.length === 14 && name.toLowerCase() === 'content-length') {
    seen.lengths += 1
    seen.length = value
  } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
    seen.codings += 1
    seen.coding = value
  } else if (name.length === 10 && name.toLowerCase() === 'connection') {
    seen.connection = seen.connection === '' ? value : `${seen.connection},${value}`
  }
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

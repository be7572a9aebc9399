/** How the body after a head ends. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until the connection ends' }

export interface RequestHead {
  readonly method: string
  readonly target: string
  readonly framing: Framing
  /** It wants to hear whether its body is welcome, before it sends it. */
  readonly awaitsWord: boolean
  /** It is the last one on its connection. */
  readonly isLast: boolean
}

export interface AnswerHead {
  readonly status: number
  readonly framing: Framing
}

type Fields = ReadonlyMap<string, string>

/** `undefined` where it cannot be told how the body ends. */
export function readRequestHead(bytes: Buffer): RequestHead | undefined {
  const { first, fields } = split(bytes)
  const [method = '', target = '', version] = first.split(' ')
  const framing = framingOf(fields, { kind: 'none' })
  if (framing === undefined || framing.kind === 'until the connection ends') return undefined
  const connection = listOf(fields, 'connection')
  const isLast = version === 'HTTP/1.1' ? connection.includes('close') : !connection.includes('keep-alive')
  return { method, target, framing, awaitsWord: listOf(fields, 'expect').includes('100-continue'), isLast }
}

/** `method`: of the request that it answers. `undefined` where it cannot be told how the body ends. */
export function readAnswerHead(bytes: Buffer, method: string): AnswerHead | undefined {
  const { first, fields } = split(bytes)
  const status = Number(first.split(' ')[1])
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304)
    return { status, framing: { kind: 'none' } }
  const framing = framingOf(fields, { kind: 'until the connection ends' })
  return framing && { status, framing }
}

function split(bytes: Buffer): { first: string; fields: Fields } {
  const [first = '', ...lines] = bytes.toString('latin1').trimStart().split('\r\n')
  const fields = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : `${before},${value}`)
  }
  return { first, fields }
}

/** RFC 9112, 6.3. */
function framingOf(fields: Fields, unsaid: Framing): Framing | undefined {
  const codings = listOf(fields, 'transfer-encoding')
  if (codings.length > 0)
    return codings.at(-1) === 'chunked' ? { kind: 'chunked' } : { kind: 'until the connection ends' }
  const [length, ...others] = new Set(listOf(fields, 'content-length'))
  if (length === undefined) return unsaid
  if (others.length > 0 || !/^\d{1,15}$/.test(length)) return undefined
  return length === '0' ? { kind: 'none' } : { kind: 'length', bytes: Number(length) }
}

function listOf(fields: Fields, name: string): string[] {
  return (fields.get(name) ?? '')
    .toLowerCase()
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
}

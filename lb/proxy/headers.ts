/** RFC 9110 7.6.1 and its forebears: what concerns one connection only. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A sender who names these in Connection would have us change what the message is, or whose. */
const NEVER_DROPPED = new Set([
  'host',
  'content-length',
  'cache-control',
  'authorization',
  'cookie',
  'set-cookie',
])

/** We say these ourselves, whatever the client said. */
const OURS = new Set(['host', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'via', 'expect'])

/** A name of another length is none of those above, and need not be written small to be told apart. */
const LENGTHS: readonly boolean[] = lengthsOf([...HOP_BY_HOP, ...OURS, 'content-length'])

const VIA = '1.1 zonefall-lb'

export interface ClientFacts {
  readonly host: string
  readonly address: string
  readonly framing: 'none' | 'length' | 'chunked'
  readonly method: string
  readonly expects: 'nothing' | '100-continue'
}

/** A request's headers as they go to a server: name, value, name, value, in their order. */
export function upstreamHeaders(raw: readonly string[], facts: ClientFacts): string[] {
  const headers = ['Host', facts.host]
  let forwardedFor = facts.address
  let via = VIA
  let hasLength = false
  const dropped = droppedNames(raw)
  // From the last to the first, since what was said earlier goes before.
  for (let at = raw.length - 2; at >= 0; at -= 2) {
    const lower = lowerIfSpecial(raw[at] as string)
    if (lower === 'x-forwarded-for') forwardedFor = `${raw[at + 1]}, ${forwardedFor}`
    else if (lower === 'via') via = `${raw[at + 1]}, ${via}`
    else if (lower === 'content-length') hasLength = true
  }
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string
    if (isPassedOn(name, dropped) && !OURS.has(lowerIfSpecial(name)))
      headers.push(name, raw[at + 1] as string)
  }
  if (facts.framing === 'chunked') headers.push('Transfer-Encoding', 'chunked')
  // No body at all is said outright where one is usual, or the next hop would be told of an empty chunked one.
  if (facts.framing === 'none' && !hasLength && /^(POST|PUT|PATCH)$/.test(facts.method)) {
    headers.push('Content-Length', '0')
  }
  if (facts.expects === '100-continue') headers.push('Expect', '100-continue')
  headers.push('X-Forwarded-For', forwardedFor, 'X-Forwarded-Proto', 'http', 'X-Forwarded-Host', facts.host)
  headers.push('Via', via)
  return headers
}

/** An answer's headers as they go to the client. */
export function clientHeaders(raw: readonly string[], status: number): string[] {
  const headers: string[] = []
  const dropped = droppedNames(raw)
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string
    if (!isPassedOn(name, dropped)) continue
    if (status === 204 && name.length === 14 && name.toLowerCase() === 'content-length') continue // RFC 9110 8.6
    headers.push(name, raw[at + 1] as string)
  }
  headers.push('Via', VIA)
  return headers
}

/** Name, value, name, value as lines. */
export function headerLines(headers: readonly string[]): string {
  let lines = ''
  for (let at = 0; at + 1 < headers.length; at += 2) lines += `${headers[at]}: ${headers[at + 1]}\r\n`
  return lines
}

/** All values of a header, in their order. */
export function valuesOf(raw: readonly string[], lowerName: string): string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string
    if (name.length === lowerName.length && name.toLowerCase() === lowerName)
      values.push(raw[at + 1] as string)
  }
  return values
}

function isPassedOn(name: string, dropped: ReadonlySet<string>): boolean {
  if (dropped !== HOP_BY_HOP) return !dropped.has(name.toLowerCase())
  return !HOP_BY_HOP.has(lowerIfSpecial(name))
}

function lowerIfSpecial(name: string): string {
  return LENGTHS[name.length] ? name.toLowerCase() : name
}

function droppedNames(raw: readonly string[]): ReadonlySet<string> {
  const values = valuesOf(raw, 'connection')
  // The usual cases need no set of their own.
  if (values.length === 0 || (values.length === 1 && /^(?:close|keep-alive)$/i.test(values[0] as string)))
    return HOP_BY_HOP
  const named = values
    .flatMap(value => value.split(','))
    .map(name => name.trim().toLowerCase())
    .filter(name => !NEVER_DROPPED.has(name))
  return new Set([...HOP_BY_HOP, ...named])
}

function lengthsOf(names: readonly string[]): boolean[] {
  const lengths: boolean[] = []
  for (const { length } of names) lengths[length] = true
  return lengths
}

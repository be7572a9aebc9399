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
  const said = new Map<string, string[]>()
  const dropped = droppedNames(raw)
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase()
    if (OURS.has(lower)) said.set(lower, [...(said.get(lower) ?? []), value])
    else if (!dropped.has(lower)) headers.push(name, value)
  }
  if (facts.framing === 'chunked') headers.push('Transfer-Encoding', 'chunked')
  // No body at all is said outright where one is usual, or the next hop would be told of an empty chunked one.
  if (facts.framing === 'none' && /^(POST|PUT|PATCH)$/.test(facts.method) && !has(raw, 'content-length')) {
    headers.push('Content-Length', '0')
  }
  if (facts.expects === '100-continue') headers.push('Expect', '100-continue')
  headers.push('X-Forwarded-For', [...(said.get('x-forwarded-for') ?? []), facts.address].join(', '))
  headers.push('X-Forwarded-Proto', 'http', 'X-Forwarded-Host', facts.host)
  headers.push('Via', [...(said.get('via') ?? []), VIA].join(', '))
  return headers
}

/** An answer's headers as they go to the client. */
export function clientHeaders(raw: readonly string[], status: number): string[] {
  const headers: string[] = []
  const dropped = droppedNames(raw)
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase()
    if (dropped.has(lower)) continue
    if (status === 204 && lower === 'content-length') continue // RFC 9110 8.6
    headers.push(name, value)
  }
  headers.push('Via', VIA)
  return headers
}

/** All values of a header, in their order. */
export function valuesOf(raw: readonly string[], lowerName: string): string[] {
  return [...pairs(raw)].filter(([name]) => name.toLowerCase() === lowerName).map(([, value]) => value)
}

function has(raw: readonly string[], lowerName: string): boolean {
  return valuesOf(raw, lowerName).length > 0
}

function droppedNames(raw: readonly string[]): ReadonlySet<string> {
  const named = valuesOf(raw, 'connection')
    .flatMap(value => value.split(','))
    .map(name => name.trim().toLowerCase())
    .filter(name => !NEVER_DROPPED.has(name))
  // The usual case, `keep-alive` or `close`, needs no set of its own.
  return named.every(name => HOP_BY_HOP.has(name) || name === 'close')
    ? HOP_BY_HOP
    : new Set([...HOP_BY_HOP, ...named])
}

function* pairs(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] as string, raw[i + 1] as string]
}

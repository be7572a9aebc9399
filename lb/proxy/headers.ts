import { forwardedElement, type Hop, isForwarded } from './origin/forwarded.ts'
import { type OriginRules, toldOrigin } from './origin/origin-rules.ts'
import type { RequestId } from './origin/request-id.ts'

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
const OURS = new Set([
  ...['host', 'via', 'expect'],
  ...['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded'],
])

/** A name of another length is none of those above, and need not be written small to be told apart. */
const LENGTHS: readonly boolean[] = lengthsOf([...HOP_BY_HOP, ...OURS, 'content-length'])

const VIA = '1.1 zonefall-lb'

export interface ClientFacts extends Hop {
  readonly framing: 'none' | 'length' | 'chunked'
  readonly method: string
  readonly expects: 'nothing' | '100-continue'
  readonly id: RequestId | undefined
}

/** A request's headers as they go to a server: name, value, name, value, in their order. */
export function upstreamHeaders(raw: readonly string[], facts: ClientFacts, rules: OriginRules): string[] {
  const headers = ['Host', facts.host]
  const said: Said = {}
  let via = VIA
  let hasLength = false
  const dropped = droppedNames(raw)
  // From the last to the first, since what was said earlier goes before.
  for (let at = raw.length - 2; at >= 0; at -= 2) {
    const lower = lowerIfSpecial(raw[at] as string)
    if (lower === 'via') via = `${raw[at + 1]}, ${via}`
    else if (lower === 'content-length') hasLength = true
    else if (isOriginName(lower)) said[lower] = before(raw[at + 1] as string, said[lower])
  }
  const { id } = facts
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string
    if (isPassedOn(name, dropped) && !OURS.has(lowerIfSpecial(name)) && !isId(name, id))
      headers.push(name, raw[at + 1] as string)
  }
  if (facts.framing === 'chunked') headers.push('Transfer-Encoding', 'chunked')
  // No body at all is said outright where one is usual, or the next hop would be told of an empty chunked one.
  if (facts.framing === 'none' && !hasLength && /^(POST|PUT|PATCH)$/.test(facts.method)) {
    headers.push('Content-Length', '0')
  }
  if (facts.expects === '100-continue') headers.push('Expect', '100-continue')
  tellOrigin(headers, said, facts, rules)
  headers.push('Via', via)
  if (id) headers.push(id.name, id.value)
  return headers
}

type OriginName = 'x-forwarded-for' | 'x-forwarded-proto' | 'x-forwarded-host' | 'forwarded'
/** What the client, or a proxy before us, said of the request's origin. */
type Said = Partial<Record<OriginName, string>>

function isOriginName(lower: string): lower is OriginName {
  return lower.startsWith('x-forwarded-') ? OURS.has(lower) : lower === 'forwarded'
}

function tellOrigin(headers: string[], said: Said, hop: Hop, rules: OriginRules): void {
  const { forwardFor, forwarded, forwardedParameters } = rules
  // One value each: of a list nobody could tell which counts.
  const single = forwardFor === 'append' ? 'set' : forwardFor
  push(headers, 'X-Forwarded-For', toldOrigin(forwardFor, said['x-forwarded-for'], hop.address))
  push(headers, 'X-Forwarded-Proto', toldOrigin(single, said['x-forwarded-proto'], 'http'))
  push(headers, 'X-Forwarded-Host', toldOrigin(single, said['x-forwarded-host'], hop.host))
  if (forwarded === 'off') {
    push(headers, 'Forwarded', said.forwarded)
    return
  }
  const fit = said.forwarded !== undefined && isForwarded(said.forwarded) ? said.forwarded : undefined
  push(headers, 'Forwarded', toldOrigin(forwarded, fit, forwardedElement(forwardedParameters, hop)))
}

function push(headers: string[], name: string, value: string | undefined): void {
  if (value !== undefined) headers.push(name, value)
}

function before(earlier: string, later: string | undefined): string {
  return later === undefined ? earlier : `${earlier}, ${later}`
}

function isId(name: string, id: RequestId | undefined): boolean {
  return id !== undefined && name.length === id.lower.length && name.toLowerCase() === id.lower
}

/** An answer's headers as they go to the client. */
export function clientHeaders(raw: readonly string[], status: number, id: RequestId | undefined): string[] {
  const headers: string[] = []
  const dropped = droppedNames(raw)
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string
    if (!isPassedOn(name, dropped) || isId(name, id)) continue
    if (status === 204 && name.length === 14 && name.toLowerCase() === 'content-length') continue // RFC 9110 8.6
    headers.push(name, raw[at + 1] as string)
  }
  headers.push('Via', VIA)
  if (id) headers.push(id.name, id.value)
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

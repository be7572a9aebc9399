import { NameFilter } from '../syntax/name-filter.ts'
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

/** A sender who names these in Connection would have us change what the message is, whose, or how often it may be sent. */
const NEVER_DROPPED = new Set([
  'host',
  'content-length',
  'cache-control',
  'authorization',
  'cookie',
  'set-cookie',
  'idempotency-key',
])

/** We say these ourselves, whatever the client said. */
const OURS = new Set([
  ...['host', 'via', 'expect'],
  ...['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded'],
])

const SPECIAL = new NameFilter([...HOP_BY_HOP, ...OURS, 'content-length'])

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
  let vias: string | undefined
  let hasLength = false
  const dropped = droppedNames(raw)
  const { id } = facts
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string
    const value = raw[at + 1] as string
    const lower = SPECIAL.lower(name)
    if (lower === 'via') vias = after(vias, value)
    else if (lower === 'content-length') hasLength = true
    else if (lower !== undefined && isOriginName(lower)) said[lower] = after(said[lower], value)
    const isOurs = lower !== undefined && OURS.has(lower)
    if (!isOurs && isPassedOn(name, lower, dropped) && !isId(name, id)) headers.push(name, value)
  }
  if (facts.framing === 'chunked') headers.push('Transfer-Encoding', 'chunked')
  // No body at all is said outright where one is usual, or the next hop would be told of an empty chunked one.
  if (facts.framing === 'none' && !hasLength && /^(POST|PUT|PATCH)$/.test(facts.method)) {
    headers.push('Content-Length', '0')
  }
  if (facts.expects === '100-continue') headers.push('Expect', '100-continue')
  tellOrigin(headers, said, facts, rules)
  headers.push('Via', after(vias, VIA))
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

function after(earlier: string | undefined, later: string): string {
  return earlier === undefined ? later : `${earlier}, ${later}`
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
    const lower = SPECIAL.lower(name)
    if (!isPassedOn(name, lower, dropped) || isId(name, id)) continue
    if (status === 204 && lower === 'content-length') continue // RFC 9110 8.6
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

/** `lower`: as the filter above writes it. */
function isPassedOn(name: string, lower: string | undefined, dropped: ReadonlySet<string>): boolean {
  if (dropped === HOP_BY_HOP) return lower === undefined || !HOP_BY_HOP.has(lower)
  return !dropped.has(lower ?? name.toLowerCase())
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

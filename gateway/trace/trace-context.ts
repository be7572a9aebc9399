import { randomFillSync } from 'node:crypto'

/** W3C Trace Context, level 1: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  readonly traceId: string
  /** This gateway's own span: the parent of the app's. */
  readonly spanId: string
  readonly sampled: 'sampled' | 'not-sampled'
  /** Handed on as it came; this gateway adds nothing to it. */
  readonly tracestate?: string
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeros = /^0+$/
const SAMPLED = 0x01
const MOST_MEMBERS = 32

/** Hexadecimal ids, drawn from the kernel a pool at a time: one call for each costs as much as the rest of this. */
export function createIdSource(): (bytes: 8 | 16) => string {
  const pool = Buffer.alloc(4_096)
  let used = pool.length
  return bytes => {
    for (;;) {
      if (used + bytes > pool.length) {
        randomFillSync(pool)
        used = 0
      }
      const id = pool.toString('hex', used, used + bytes)
      used += bytes
      // All zeros is no id.
      if (!zeros.test(id)) return id
    }
  }
}

/** The trace that a request belongs to: the client's if it names one rightly, else a new one. */
export function continueTrace(
  traceparent: string | undefined,
  tracestate: string | undefined,
  newId: (bytes: 8 | 16) => string,
): TraceContext {
  const spanId = newId(8)
  const parent = traceparent === undefined ? undefined : readTraceparent(traceparent)
  // A tracestate means nothing without its traceparent.
  if (!parent) return { traceId: newId(16), spanId, sampled: 'not-sampled' }
  const state = tracestate === undefined ? undefined : validTracestate(tracestate)
  return state === undefined ? { ...parent, spanId } : { ...parent, spanId, tracestate: state }
}

/** Only the flag that this gateway knows goes on: what the others mean is not its to promise. */
export function traceparentOf({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled === 'sampled' ? '01' : '00'}`
}

function readTraceparent(text: string): Pick<TraceContext, 'traceId' | 'sampled'> | undefined {
  const [, version, traceId, parentId, flags, rest] = form.exec(text) ?? []
  if (version === undefined || traceId === undefined || parentId === undefined) return undefined
  if (version === 'ff' || zeros.test(traceId) || zeros.test(parentId)) return undefined
  // A later version may have more at its end; this one has not.
  if (version === '00' && rest !== undefined) return undefined
  const sampled = (Number.parseInt(flags ?? '', 16) & SAMPLED) === SAMPLED ? 'sampled' : 'not-sampled'
  return { traceId, sampled }
}

const key = /^([a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/
// Printable ASCII without comma and equals sign, not ending in a space.
const value = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** The list if all its members are right and no key is there twice; empty members are left out. */
function validTracestate(text: string): string | undefined {
  const members = text
    .split(',')
    .map(member => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter(member => member !== '')
  if (members.length === 0 || members.length > MOST_MEMBERS) return undefined
  const keys = new Set<string>()
  for (const member of members) {
    const equals = member.indexOf('=')
    const name = member.slice(0, equals)
    if (equals < 0 || !key.test(name) || !value.test(member.slice(equals + 1)) || keys.has(name))
      return undefined
    keys.add(name)
  }
  return members.join(',')
}

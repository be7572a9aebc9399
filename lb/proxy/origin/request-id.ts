import { randomUUID } from 'node:crypto'
import { valuesOf } from '../headers.ts'

/** By which client, logs and servers know one request. */
export interface RequestId {
  /** The header that carries it, as it is written and in small letters. */
  readonly name: string
  readonly lower: string
  readonly value: string
}

/** What a client may call its request: it ends up in logs and in other programs' headers. */
const FIT = /^[0-9A-Za-z._-]{1,128}$/

/** `keep`: the client's own, if it has a fit one. */
export function requestIdMaker(name: string, client: 'make' | 'keep'): (raw: readonly string[]) => RequestId {
  const lower = name.toLowerCase()
  if (client === 'make') return () => ({ name, lower, value: randomUUID() })
  return raw => {
    const [said, ...more] = valuesOf(raw, lower)
    const isFit = said !== undefined && more.length === 0 && FIT.test(said)
    return { name, lower, value: isFit ? said : randomUUID() }
  }
}

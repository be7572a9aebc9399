import type { Config } from '../../config/schema.ts'
import type { ForwardedParameter } from './forwarded.ts'
import { type RequestId, requestIdMaker } from './request-id.ts'

/** What becomes of what a client says of its origin: continued, replaced, believed, or none of our business. */
export type OriginRule = Config['frontend']['forwardfor']

/** How servers are told where a request comes from and what it is called. */
export interface OriginRules {
  /** X-Forwarded-For, -Proto and -Host. */
  readonly forwardFor: OriginRule
  readonly forwarded: OriginRule
  readonly forwardedParameters: readonly ForwardedParameter[]
  /** `undefined`: requests are given no ids. */
  readonly requestId: ((raw: readonly string[]) => RequestId) | undefined
}

export function originRules(frontend: Config['frontend']): OriginRules {
  const source = frontend['request-id']
  return {
    forwardFor: frontend.forwardfor,
    forwarded: frontend.forwarded,
    forwardedParameters: frontend['forwarded-parameters'],
    requestId: source === 'off' ? undefined : requestIdMaker(frontend['request-id-header'], source),
  }
}

/** A header's value, from what the client said and what we saw; `undefined`: it is not said. */
export function toldOrigin(rule: OriginRule, said: string | undefined, ours: string): string | undefined {
  switch (rule) {
    case 'append':
      return said === undefined ? ours : `${said}, ${ours}`
    case 'set':
      return ours
    case 'if-none':
      return said ?? ours
    case 'off':
      return said
  }
}

import type { WhichRequests } from './which-requests.ts'

/** What becomes of connections, or of the requests on them. Shares are of connections or of requests, 0 to 1. */
export type Manner =
  | { readonly kind: 'pass' }
  | { readonly kind: 'latency'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'reset'; readonly share: number }
  | { readonly kind: 'slow-close'; readonly delayMs: number }
  | { readonly kind: 'half-open'; readonly share: number }
  | HttpManner

export type HttpManner =
  | { readonly kind: 'http-status'; readonly status: number; readonly which: WhichRequests }
  | { readonly kind: 'http-delay'; readonly delayMs: number; readonly which: WhichRequests }
  | { readonly kind: 'http-cut-off'; readonly keepBytes: number; readonly which: WhichRequests }

/** What a link asks of the relay that it is part of. */
export interface Surroundings {
  mannerNow(): Manner
  count(what: Counted): void
}

/** `asked`: requests while a manner of HTTP is on; `struck`: what it was done to; `not-http`: connections that speak something else. */
export type Counted = 'asked' | 'struck' | 'not-http'

export function isHttp(manner: Manner): manner is HttpManner {
  return manner.kind.startsWith('http-')
}

/** How long what the target sends is held back. */
export function holdMsOf(manner: Manner, what: 'bytes' | 'end'): number {
  if (manner.kind === 'latency')
    return Math.max(0, manner.delayMs + (2 * Math.random() - 1) * manner.jitterMs)
  return manner.kind === 'slow-close' && what === 'end' ? manner.delayMs : 0
}

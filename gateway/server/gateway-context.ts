import type httpProxy from 'http-proxy'
import type { AuthOptions } from '../auth/authenticate.ts'
import type { LoadShedder } from '../limits/load-shedder.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import type { Log } from '../log/json-log.ts'
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts'
import type { BodyLimits } from '../proxy/request-body.ts'
import type { App } from '../routing/app.ts'
import type { RouteTable } from '../routing/route-table.ts'
import type { Upstream } from '../routing/upstream.ts'
import type { Answerer } from './own-answer.ts'

export interface ForwardLimits {
  /** Up to here a body is kept, so that the request can be made again. */
  readonly keepBytes: number
  readonly connectTimeoutMs: number
  /** To the head of an answer; also the longest silence within one. */
  readonly answerTimeoutMs: number
  readonly maxAttempts: number
}

/** What every request is handled with. */
export interface GatewayContext extends Answerer {
  readonly log: Log
  readonly proxy: httpProxy
  /** Those of all upstreams, each once. */
  readonly apps: readonly App[]
  readonly upstreams: readonly Upstream[]
  readonly routes: RouteTable
  readonly auth: AuthOptions
  /** By consumer, those that have a rate of their own. */
  readonly ownRates: ReadonlyMap<string, RateLimit>
  readonly shedder: LoadShedder
  readonly metrics: GatewayMetrics
  readonly limits: ForwardLimits
  readonly trustedProxies: number
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
  readonly newId: (bytes: 8 | 16) => string
}

export function bodyLimits(limits: ForwardLimits, maxBytes: number): BodyLimits {
  return { keepBytes: limits.keepBytes, maxBytes }
}

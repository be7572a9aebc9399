import type { LookupFunction } from 'node:net'
import httpProxy from 'http-proxy'
import { ApiKeys } from '../auth/api-keys.ts'
import { keyOf } from '../auth/consumer.ts'
import { Tokens } from '../auth/tokens.ts'
import type { AppSpec } from '../config/app-spec.ts'
import type { RoutesFile } from '../config/routes-schema.ts'
import { LoadShedder } from '../limits/load-shedder.ts'
import { RateLimit } from '../limits/rate-limit.ts'
import { watchLag } from '../limits/watch-lag.ts'
import type { Log } from '../log/json-log.ts'
import { GatewayMetrics } from '../metrics/gateway-metrics.ts'
import { readingsOf } from '../metrics/readings.ts'
import { RouteTable } from '../routing/route-table.ts'
import { watchApp } from '../routing/watch-app.ts'
import { createIdSource } from '../trace/trace-context.ts'
import { buildUpstreams } from './build-upstreams.ts'
import type { ForwardLimits, GatewayContext } from './gateway-context.ts'
import type { Identity } from './identity.ts'

export interface AssembleOptions {
  readonly identity: Identity
  readonly routes: RoutesFile
  /** The servers of upstreams that name none. */
  readonly apps: readonly AppSpec[]
  readonly limits: ForwardLimits
  readonly log: Log
  readonly nowMs: () => number
  readonly lookup: LookupFunction
  readonly checks: { readonly periodMs: number; readonly timeoutMs: number }
}

export interface Assembled {
  readonly context: GatewayContext
  /** Checks the apps until aborted; resolves when each has had its first verdict. */
  readonly watch: (signal: AbortSignal) => Promise<void>
}

/** A turn of the loop that takes longer than this shows as lag, less this. */
const LAG_PERIOD_MS = 20

/** Puts a gateway together from its settings; nothing runs yet. */
export function assemble(options: AssembleOptions): Assembled {
  const { identity, log, nowMs, limits, lookup, routes: file } = options
  const { apps, upstreams } = buildUpstreams(options)
  const metrics = new GatewayMetrics()
  const shedder = new LoadShedder({ maxConcurrent: file.shed.concurrent, targetLagMs: file.shed.lag })
  const context: GatewayContext = {
    identity,
    lifecycle: { phase: 'starting' },
    answerHeaders: [],
    onOwnError: code => metrics.sawOwnError(code),
    log,
    nowMs,
    newId: createIdSource(),
    proxy: httpProxy.createProxyServer({}),
    apps,
    upstreams: [...upstreams.values()],
    routes: new RouteTable(
      file.routes.map(({ upstream, auth, rate, maxBody, ...rest }) => ({
        name: rest.name,
        path: rest.path,
        ...(rest.methods && { methods: rest.methods }),
        log: rest.log,
        // The file was checked: what it names is there.
        upstream: upstreams.get(upstream) as NonNullable<ReturnType<typeof upstreams.get>>,
        auth: auth ?? [],
        ...(rate && { rate: new RateLimit(rest.name, rate) }),
        maxBodyBytes: maxBody,
      })),
    ),
    auth: {
      keys: new ApiKeys(file.consumers),
      tokens: new Tokens(file.jwt, nowMs),
      apiKeyHeader: file.apiKeyHeader,
    },
    ownRates: new Map(
      file.consumers.flatMap(({ name, rate }) =>
        rate ? [[keyOf({ kind: 'key', name }), new RateLimit(name, rate)]] : [],
      ),
    ),
    shedder,
    metrics,
    limits,
    trustedProxies: file.trustedProxies,
  }
  metrics.read(readingsOf(context))
  const watch = async (signal: AbortSignal) => {
    watchLag({
      periodMs: LAG_PERIOD_MS,
      signal,
      nowMs,
      onLag: (lagMs, atMs) => shedder.sawLag(lagMs, atMs),
    })
    await Promise.all(apps.map(app => watchApp(app, { ...options.checks, lookup, nowMs, signal })))
  }
  return { context, watch }
}

import type { LookupFunction } from 'node:net'
import httpProxy from 'http-proxy'
import type { AppSpec } from '../config/app-spec.ts'
import type { Log } from '../log/json-log.ts'
import { createUpstreamAgent } from '../proxy/upstream-agent.ts'
import { App } from '../routing/app.ts'
import { AppChooser } from '../routing/choose-app.ts'
import { watchApp } from '../routing/watch-app.ts'
import type { ForwardLimits, GatewayContext } from './gateway-context.ts'
import type { Identity } from './identity.ts'

export interface AssembleOptions {
  readonly identity: Identity
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

/** Puts a gateway together from its settings; nothing runs yet. */
export function assemble(options: AssembleOptions): Assembled {
  const { identity, log, nowMs, limits, lookup } = options
  const apps = options.apps.map(
    spec =>
      new App({
        spec,
        thresholds: { rise: 2, fall: 2 },
        agent: createUpstreamAgent(lookup),
        onChange: (app, _from, to) =>
          log('app-health', { app: app.spec.name, app_zone: app.spec.zone, ...to }),
      }),
  )
  const context: GatewayContext = {
    identity,
    lifecycle: { phase: 'starting' },
    log,
    nowMs,
    proxy: httpProxy.createProxyServer({}),
    apps,
    chooser: new AppChooser(apps, identity.zone),
    limits,
  }
  const watch = async (signal: AbortSignal) => {
    await Promise.all(apps.map(app => watchApp(app, { ...options.checks, lookup, nowMs, signal })))
  }
  return { context, watch }
}

import type { AppSpec } from '../config/app-spec.ts'
import type { UpstreamSettings } from '../config/routes-schema.ts'
import { createUpstreamAgent } from '../proxy/upstream-agent.ts'
import { App } from '../routing/app.ts'
import { Upstream } from '../routing/upstream.ts'
import type { AssembleOptions } from './assemble.ts'

/** An address is one app, with one health and one set of connections, however many upstreams it serves. */
export function buildUpstreams(options: AssembleOptions): {
  readonly apps: readonly App[]
  readonly upstreams: ReadonlyMap<string, Upstream>
} {
  const { identity, routes, limits, nowMs, log, lookup } = options
  const known = new Map<string, App>()
  const appAt = (spec: AppSpec): App => {
    const address = `${spec.name} ${spec.zone} ${spec.host}:${spec.port}`
    const app =
      known.get(address) ??
      new App({
        spec,
        thresholds: { rise: 2, fall: 2 },
        agent: createUpstreamAgent(lookup),
        onChange: (changed, _from, to) =>
          log('app-health', { app: changed.spec.name, app_zone: changed.spec.zone, ...to }),
      })
    known.set(address, app)
    return app
  }
  const upstreams = Object.entries(routes.upstreams).map(([name, settings]) => {
    const upstream = new Upstream({
      name,
      zone: identity.zone,
      apps: serversOf(settings, options.apps).map(appAt),
      deadlineMs: settings.deadline ?? 2 * limits.answerTimeoutMs,
      bulkhead: settings.bulkhead,
      breaker: settings.breaker,
      nowMs,
      onBreaker: (of, app, state) => log('breaker', { upstream: of, app: app.spec.name, state }),
    })
    return [name, upstream] as const
  })
  return { apps: [...known.values()], upstreams: new Map(upstreams) }
}

function serversOf(settings: UpstreamSettings, fromEnvironment: readonly AppSpec[]): readonly AppSpec[] {
  if (!settings.servers) return fromEnvironment
  return settings.servers.map(({ name, zone, address }) => ({ name, zone, ...address }))
}

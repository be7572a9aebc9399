import type { GatewayContext } from '../server/gateway-context.ts'
import type { Readings } from './gateway-metrics.ts'

const LEVELS = { closed: 0, 'half-open': 1, open: 2 } as const

/** Where the figures are that nobody counts, but which are there to be read. */
export function readingsOf({ shedder, upstreams, apps }: GatewayContext): Readings {
  return {
    inFlight: () => shedder.inFlight,
    shedShare: () => shedder.share,
    breakers: () =>
      upstreams.flatMap(upstream =>
        upstream.breakerStates().map(({ app, state }) => ({
          upstream: upstream.name,
          app: app.spec.name,
          level: LEVELS[state],
        })),
      ),
    bulkheads: () => upstreams.map(({ name, bulkhead }) => ({ upstream: name, ...bulkhead.use })),
    apps: () => apps.map(({ spec, health }) => ({ app: spec.name, up: health.kind === 'up' ? 1 : 0 })),
  }
}

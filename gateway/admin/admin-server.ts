import fastify, { type FastifyInstance } from 'fastify'
import type { GatewayContext } from '../server/gateway-context.ts'

/**
 * The door for operators, on a port of its own, so that no route can lead there and a flood of requests
 * at the front has no say in who may look:
 *
 *     GET /metrics   for Prometheus
 *     GET /livez     the process turns
 *     GET /readyz    it wants requests: 503 from the start of a drain on
 *     GET /status    apps, breakers, bulkheads, as JSON
 */
export function createAdminServer(context: GatewayContext): FastifyInstance {
  const server = fastify({ forceCloseConnections: true })
  const { metrics, lifecycle, identity } = context

  server.get('/metrics', async (_request, reply) => {
    return await reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  server.get('/livez', () => ({ alive: true }))
  server.get('/readyz', (_request, reply) =>
    reply.code(lifecycle.phase === 'serving' ? 200 : 503).send({
      ready: lifecycle.phase === 'serving',
      phase: lifecycle.phase,
    }),
  )
  server.get('/status', () => ({
    gateway: identity.name,
    zone: identity.zone,
    phase: lifecycle.phase,
    in_flight: context.shedder.inFlight,
    shed_share: context.shedder.share,
    upstreams: context.upstreams.map(upstream => ({
      name: upstream.name,
      deadline_ms: upstream.deadlineMs,
      bulkhead: upstream.bulkhead.use,
      apps: upstream.breakerStates().map(({ app, state }) => ({
        name: app.spec.name,
        zone: app.spec.zone,
        health: app.health,
        breaker: state,
      })),
    })),
  }))
  return server
}

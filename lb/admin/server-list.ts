import { standingOf } from '../server/administration.ts'
import type { Backend } from '../server/backend.ts'
import type { Server } from '../server/server.ts'

export function describeServers(backend: Backend) {
  return { backend: backend.name, servers: backend.servers.map(describeServer) }
}

export function describeServer(server: Server) {
  return {
    name: server.name,
    zone: server.zone,
    address: server.location,
    state: standingOf(server),
    since: new Date(server.sinceMs).toISOString(),
    cause: server.cause,
    administration: server.administration,
    weight: server.weight,
    checks: server.checks,
    sessions: server.sessions,
    retries: server.retries,
  }
}

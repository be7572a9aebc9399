import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { Backend } from '../server/backend.ts'
import type { EventStream } from './event-stream.ts'

export interface AdminSettings {
  readonly backend: () => Backend
  readonly events: EventStream
  readonly isDraining: () => boolean
}

export function createAdmin(settings: AdminSettings): HttpServer {
  const routes: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/livez': response => sendJson(response, 200, { live: true }),
    '/readyz': response => sendReadiness(response, settings),
    '/v1/servers': response => sendJson(response, 200, describeServers(settings.backend())),
    '/v1/events': response => settings.events.subscribe(response),
  }
  const server = createServer((request, response) => {
    const route = routes[request.url?.split('?')[0] ?? '']
    if (!route) sendJson(response, 404, { error: 'no such page', pages: Object.keys(routes) })
    else if (request.method !== 'GET') sendJson(response, 405, { error: 'GET only' }, { allow: 'GET' })
    else route(response)
  })
  server.maxConnections = 256
  return server
}

function sendReadiness(response: ServerResponse, { backend, isDraining }: AdminSettings): void {
  const up = backend().up.length
  const ready = up > 0 && !isDraining()
  sendJson(response, ready ? 200 : 503, { ready, up, draining: isDraining() })
}

function describeServers(backend: Backend) {
  return {
    backend: backend.name,
    servers: backend.servers.map(server => ({
      name: server.name,
      zone: server.zone,
      address: server.location,
      state: server.state.kind,
      since: new Date(server.sinceMs).toISOString(),
      cause: server.cause,
      checks: server.checks,
      sessions: server.sessions,
      retries: server.retries,
    })),
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(text)
}

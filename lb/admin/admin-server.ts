import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { Backend } from '../server/backend.ts'
import { type CommandSettings, command } from './commands/commands.ts'
import type { EventStream } from './event-stream.ts'
import type { Metrics } from './metrics/metrics.ts'
import { send, sendJson } from './send.ts'
import { describeServers } from './server-list.ts'
import { statsCsv } from './stats/csv.ts'
import { PAGE_HEADERS, statsPage } from './stats/page.ts'
import { statsRows } from './stats/rows.ts'
import type { StatsSource } from './stats/source.ts'

export interface AdminSettings extends CommandSettings {
  /** That gets new requests; right after a reload, this may be the one before. */
  readonly serving: () => Backend
  readonly events: EventStream
  readonly stats: () => StatsSource
  readonly metrics: Metrics
  readonly isDraining: () => boolean
}

/** Whoever reaches the port may look; only who has the token may change anything. */
export function createAdmin(settings: AdminSettings): HttpServer {
  const pages: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/livez': response => sendJson(response, 200, { live: true }),
    '/readyz': response => sendReadiness(response, settings),
    '/metrics': response => void sendMetrics(response, settings).catch(() => response.destroy()),
    '/stats': response => sendPage(response, settings),
    '/stats;csv': response => sendCsv(response, settings),
    '/v1/servers': response => sendJson(response, 200, describeServers(settings.backend())),
    '/v1/events': response => settings.events.subscribe(response),
  }
  const server = createServer((request, response) => {
    const page = pages[request.url?.split('?')[0] ?? '']
    if (request.method === 'GET' && page) page(response)
    else if (page) sendJson(response, 405, { error: 'GET only' }, { allow: 'GET' })
    else if (request.method === 'POST')
      void command(request, response, settings).catch(() => response.destroy())
    else sendJson(response, 404, { error: 'no such page', pages: Object.keys(pages) })
  })
  server.maxConnections = 256
  return server
}

function sendReadiness(response: ServerResponse, { serving, isDraining }: AdminSettings): void {
  const up = serving().up.length
  const ready = up > 0 && !isDraining()
  sendJson(response, ready ? 200 : 503, { ready, up, draining: isDraining() })
}

function sendCsv(response: ServerResponse, { stats }: AdminSettings): void {
  send(response, 200, statsCsv(statsRows(stats())), { 'content-type': 'text/plain; charset=utf-8' })
}

function sendPage(response: ServerResponse, { stats }: AdminSettings): void {
  const source = stats()
  send(response, 200, statsPage(statsRows(source), source), PAGE_HEADERS)
}

async function sendMetrics(response: ServerResponse, { metrics }: AdminSettings): Promise<void> {
  send(response, 200, await metrics.render(), { 'content-type': metrics.contentType })
}

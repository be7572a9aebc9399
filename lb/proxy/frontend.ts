import type { Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Config } from '../config/schema.ts'
import { type ForwardSettings, forward } from './forward.ts'
import { NodeExchange } from './node-exchange.ts'
import { rawOwnAnswer } from './own-answer.ts'
import { PlainFirstServer } from './plain/plain-first-server.ts'
import type { OpenTunnels } from './tunnel/open-tunnels.ts'
import { tunnel, wantsWebsocket } from './tunnel/tunnel.ts'

/** The side that clients see: plain requests are read here, all others by Node's parser, in its strict mode. */
export function createFrontend(
  frontend: Config['frontend'],
  /** In force at the moment: a request keeps those it began with. */
  settings: () => ForwardSettings,
  tunnels: OpenTunnels,
): HttpServer {
  const options = { ...frontendOptions(frontend), shouldUpgradeCallback: wantsWebsocket }
  const server = new PlainFirstServer(options, exchange => forward(exchange, settings()))
  limitFrontend(server, frontend)
  server.on('request', (request, response) =>
    forward(new NodeExchange(request, response, 'nothing'), settings()),
  )
  server.on('checkContinue', (request, response) => {
    forward(new NodeExchange(request, response, '100-continue'), settings())
  })
  server.on('upgrade', (request, _, first) => void tunnel(request, first, settings(), tunnels))
  refuseOdd(server)
  return server
}

/** How Node's HTTP server reads what it reads, whatever carries it on. */
export function frontendOptions({ limits }: Config['frontend']) {
  return {
    maxHeaderSize: limits.header,
    connectionsCheckingInterval: 500,
    insecureHTTPParser: false,
    requireHostHeader: false, // readRequest refuses its absence too, and says so in our own words
    noDelay: true,
  }
}

/** What is no request to be carried on. */
export function refuseOdd(server: HttpServer): void {
  server.on('checkExpectation', (_, response) => response.writeHead(417, { 'content-length': 0 }).end())
  server.on('connect', (_, socket: Duplex) => {
    // Node takes its own listener off a socket that it hands over: without one, a reset would end the process.
    socket.on('error', () => socket.destroy())
    socket.end(rawOwnAnswer(501, 'Not Implemented', 'connect'))
  })
  server.on('clientError', refuse)
}

/** What may change while it runs; connections that are open have the new limits from their next request on. */
export function limitFrontend(server: HttpServer, { timeouts, maxconn }: Config['frontend']): void {
  server.headersTimeout = timeouts['http-request']
  server.requestTimeout = Math.max(timeouts.request, timeouts['http-request'])
  server.keepAliveTimeout = timeouts['http-keep-alive']
  server.maxConnections = maxconn
  // No count, since their size is limited: past it, some releases of Node drop headers without a word.
  server.maxHeadersCount = 0
  server.setTimeout(timeouts.client)
}

const UNREADABLE: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'header-too-large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Content Too Large', 'chunk-extensions-too-large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'request-timeout'],
}

function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  const gone = error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable
  // Amid an answer, a second head would be taken for a part of it.
  const answering =
    (socket as { _httpMessage?: { headersSent?: boolean } | null })._httpMessage?.headersSent === true
  if (gone || answering) {
    socket.destroy()
    return
  }
  const [status, phrase, reason] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request', 'malformed-request']
  socket.end(rawOwnAnswer(status, phrase, reason))
}

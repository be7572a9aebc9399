import { createServer, type Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Config } from '../config/schema.ts'
import { type ForwardSettings, forward } from './forward.ts'
import { rawOwnAnswer } from './own-answer.ts'

/** The side that clients see: Node's own parser, in its strict mode, with every limit set. */
export function createFrontend(frontend: Config['frontend'], settings: ForwardSettings): HttpServer {
  const { timeouts, limits, maxconn } = frontend
  const server = createServer({
    maxHeaderSize: limits.header,
    headersTimeout: timeouts['http-request'],
    requestTimeout: Math.max(timeouts.request, timeouts['http-request']),
    keepAliveTimeout: timeouts['http-keep-alive'],
    connectionsCheckingInterval: 500,
    insecureHTTPParser: false,
    requireHostHeader: false, // readRequest refuses its absence too, and says so in our own words
    noDelay: true,
  })
  // No count, since their size is limited: past it, some releases of Node drop headers without a word.
  server.maxHeadersCount = 0
  server.maxConnections = maxconn
  server.setTimeout(timeouts.client)
  server.on('request', (request, response) => void forward(request, response, 'nothing', settings))
  server.on('checkContinue', (request, response) => void forward(request, response, '100-continue', settings))
  server.on('checkExpectation', (_, response) => response.writeHead(417, { 'content-length': 0 }).end())
  server.on('connect', (_, socket: Duplex) => {
    // Node takes its own listener off a socket that it hands over: without one, a reset would end the process.
    socket.on('error', () => socket.destroy())
    socket.end(rawOwnAnswer(501, 'Not Implemented', 'connect'))
  })
  server.on('clientError', refuse)
  return server
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

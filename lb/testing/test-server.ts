import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type Behaviour = (request: IncomingMessage, response: ServerResponse, body: string) => void

export interface TestServer extends AsyncDisposable {
  readonly address: string
  readonly port: number
  /** All but checks: `POST /path`. */
  readonly seen: string[]
  readonly requests: IncomingMessage[]
  readonly connections: Set<Socket>
  behave: Behaviour
  onCheck: Behaviour
  /** As soon as a request's head is in. */
  onRequest: (request: IncomingMessage) => void
  /** Refuses from now on; connections that are open are reset. */
  die(): Promise<void>
}

/** A real server whose checks pass, and which does to all other requests what a test wants, once their body is in. */
export async function startServer(
  behave: Behaviour = answers('ok'),
  host = '127.0.0.1',
  port = 0,
): Promise<TestServer> {
  const http = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 65_536 }, (request, response) => {
    request.on('error', ignoreCut)
    if (request.url === '/readyz') {
      server.onCheck(request, response, '')
      return
    }
    server.seen.push(`${request.method} ${request.url}`)
    server.requests.push(request)
    queueMicrotask(() => server.onRequest(request))
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => server.behave(request, response, body))
  })
  http.maxHeadersCount = 0 // what it is sent is for the test to look at
  const connections = new Set<Socket>()
  http.on('connection', socket => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
  })
  http.listen(port, host)
  await once(http, 'listening')
  const bound = (http.address() as AddressInfo).port
  const die = async () => {
    if (!http.listening) return
    const closed = once(http, 'close')
    http.close()
    for (const socket of connections) socket.resetAndDestroy()
    await closed
  }
  const server: TestServer = {
    address: `${host}:${bound}`,
    port: bound,
    seen: [],
    requests: [],
    connections,
    behave,
    onCheck: answers('ready'),
    onRequest: () => undefined,
    die,
    [Symbol.asyncDispose]: die,
  }
  return server
}

/** The tests end connections in every way; what that does to a server's request is not what they look at. */
function ignoreCut(error: Error): void {
  void error
}

export function answers(body: string, status = 200): Behaviour {
  return (_, response) => {
    response.writeHead(status, { 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }
}

export const isSilent: Behaviour = () => undefined
export const resets: Behaviour = request => void request.socket.resetAndDestroy()
export const closes: Behaviour = request => void request.socket.destroy()

/** The head promises 1,000 bytes, 4 come. */
export function cutsBody(how: 'reset' | 'close', framing: 'length' | 'chunked'): Behaviour {
  return (request, response) => {
    if (framing === 'length') response.writeHead(200, { 'content-length': 1_000 })
    response.write('part', () => {
      if (how === 'reset') request.socket.resetAndDestroy()
      else request.socket.destroy()
    })
  }
}

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** For tests: a server that speaks raw TCP, so that it can misbehave in every way. */
export interface MisbehavingServer extends AsyncDisposable {
  readonly port: number
  /** Connections accepted so far. */
  readonly accepted: number
  /** Requests whose head has arrived so far. */
  readonly requests: number
  /** Resolves at the n-th request. */
  atRequest(n: number): Promise<void>
  /** Resolves when no connection is open. */
  whenDeserted(): Promise<void>
}

/** What to do with the n-th request, counted from 1. */
export type Behaviour = (socket: Socket, n: number) => void

export const answers = {
  ok: (socket: Socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-zonefall-path: one\r\n\r\nok'),
  fin: (socket: Socket) => socket.end(),
  reset: (socket: Socket) => socket.resetAndDestroy(),
  finMidHead: (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
  finMidBody: (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
  resetMidBody: (socket: Socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => socket.resetAndDestroy()),
  unavailable: (socket: Socket) =>
    socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n'),
  garbage: (socket: Socket) => socket.end('SSH-2.0-nothing\r\n\r\n'),
  silence: () => undefined,
} as const

export async function startMisbehavingServer(behave: Behaviour, port = 0): Promise<MisbehavingServer> {
  const sockets = new Set<Socket>()
  let deserted = Promise.withResolvers<void>()
  const waiting: { n: number; resolve: () => void }[] = []
  let accepted = 0
  let requests = 0
  const server = createServer(socket => {
    accepted += 1
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0) deserted.resolve()
    })
    socket.on('error', () => socket.destroy())
    let head = ''
    socket.on('data', chunk => {
      head += chunk.toString('latin1')
      while (head.includes('\r\n\r\n')) {
        head = head.slice(head.indexOf('\r\n\r\n') + 4)
        requests += 1
        behave(socket, requests)
        for (const { n, resolve } of waiting) if (n <= requests) resolve()
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get accepted() {
      return accepted
    },
    get requests() {
      return requests
    },
    atRequest(n) {
      if (requests >= n) return Promise.resolve()
      return new Promise(resolve => waiting.push({ n, resolve }))
    },
    whenDeserted() {
      deserted = Promise.withResolvers()
      if (sockets.size === 0) deserted.resolve()
      return deserted.promise
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

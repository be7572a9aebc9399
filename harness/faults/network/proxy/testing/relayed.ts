import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { joinByHttp } from '../http-conversation.ts'
import type { Manner } from '../manner.ts'
import { Relay } from '../relay.ts'

/** For tests: a server on loopback behind a relay that tells requests apart, all in this process. */
export interface Relayed {
  readonly relay: Relay
  /** What has reached the server, over all connections. */
  received(): string
  inject(manner: Manner): void
  /** How the relay stands: counts and the like. */
  shown(): Relay['standing']
  /** A connection to the server that goes through the relay. */
  connect(): Promise<Caller>
}

export interface Caller {
  /** Each piece is sent for itself. */
  send(...pieces: (string | Buffer)[]): Promise<void>
  /** No more is sent. */
  end(): void
  /** It reads no more, until it does again. */
  pause(): void
  resume(): void
  /** What came so far. */
  heard(): string
  /** Resolves with what came as soon as it holds that. */
  until(text: string): Promise<string>
  /** Resolves when the other side has ended, with how. */
  closed(): Promise<'end' | 'reset'>
}

/** `serve` is given each connection that arrives at the server. */
export async function startRelayed(
  serve: (socket: Socket) => void,
  onEnd: (cleanUp: () => void) => void,
): Promise<Relayed> {
  const chunks: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('data', bytes => chunks.push(bytes)).on('error', () => socket.destroy())
    serve(socket)
  })
  const target = await portOf(server)
  const relay = new Relay(joinByHttp)
  const proxy = createServer({ allowHalfOpen: true }, peer => {
    sockets.add(peer)
    relay.take(peer, target)
  })
  const port = await portOf(proxy)
  onEnd(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
    proxy.close()
  })
  return {
    relay,
    received: () => Buffer.concat(chunks).toString('latin1'),
    inject: manner => relay.inject(manner),
    shown: () => relay.standing,
    async connect() {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
      sockets.add(socket)
      await once(socket, 'connect')
      return callerOn(socket)
    },
  }
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function callerOn(socket: Socket): Caller {
  const chunks: Buffer[] = []
  let heardMore = Promise.withResolvers<void>()
  const closing = Promise.withResolvers<'end' | 'reset'>()
  socket.on('data', bytes => {
    chunks.push(bytes)
    heardMore.resolve()
    heardMore = Promise.withResolvers()
  })
  socket.on('end', () => closing.resolve('end')).on('error', () => closing.resolve('reset'))
  const heard = () => Buffer.concat(chunks).toString('latin1')
  return {
    async send(...pieces) {
      for (const piece of pieces) {
        await new Promise<void>(done => socket.write(piece, 'latin1', () => done()))
        await new Promise(setImmediate) // so that they do not arrive as one
      }
    },
    end: () => socket.end(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    heard,
    async until(text) {
      while (!heard().includes(text)) await heardMore.promise
      return heard()
    },
    closed: () => closing.promise,
  }
}

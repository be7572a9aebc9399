import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Server } from '../../server/server.ts'
import { ListeningTimer } from '../../time/listening-timer.ts'
import type { LoopLag } from '../../time/loop-lag.ts'
import type { AttemptTimes } from '../../upstream/attempt.ts'
import { causeOf, type Failure, type FailureCause } from '../../upstream/failure.ts'

export interface HandshakeRequest {
  readonly path: string
  /** Name, value, name, value, as they go out. */
  readonly headers: readonly string[]
}

export type Shaken =
  | {
      readonly kind: 'switched'
      readonly answer: IncomingMessage
      readonly socket: Socket
      /** What came behind the answer's head already. */
      readonly first: Buffer
      /** On the monotonic clock. */
      readonly connectedMs: number
    }
  /** It would rather not: an answer as any other. */
  | { readonly kind: 'answered'; readonly answer: IncomingMessage; readonly connectedMs: number }
  | { readonly kind: 'failed'; readonly failure: Failure }

export interface Handshake {
  readonly result: Promise<Shaken>
  /** The client has left. */
  abort(): void
}

/** Asks one server, on a connection of its own, to speak WebSocket. */
export function shakeHands(
  server: Server,
  asked: HandshakeRequest,
  { connectMs, serverMs }: AttemptTimes,
  lag: LoopLag,
): Handshake {
  const { promise, resolve } = Promise.withResolvers<Shaken>()
  let stage: Failure['stage'] = 'unsent'
  let connectedMs = 0
  const upstream = request({
    agent: false,
    host: server.address ?? '',
    port: server.port,
    path: asked.path,
    headers: [...asked.headers],
    setHost: false,
  })
  upstream.maxHeadersCount = 0
  let timer = new ListeningTimer(lag, connectMs, () => fail('connect-timeout'))
  upstream.on('socket', socket =>
    socket.once('connect', () => {
      stage = 'sent'
      connectedMs = performance.now()
      timer.stop()
      timer = new ListeningTimer(lag, serverMs, () => fail('server-timeout'))
    }),
  )
  upstream.on('upgrade', (answer, socket: Socket, first) => {
    // Without a listener of its own, a reset would end the process.
    socket.on('error', () => socket.destroy())
    timer.stop()
    if (isWebsocket(answer)) resolve({ kind: 'switched', answer, socket, first, connectedMs })
    else fail('bad-answer')
  })
  upstream.on('response', answer => {
    timer.stop()
    resolve({ kind: 'answered', answer, connectedMs })
  })
  upstream.on('error', error => fail(causeOf(error)))
  upstream.end()
  return { result: promise, abort: () => fail('client-gone') }

  function fail(cause: FailureCause): void {
    timer.stop()
    resolve({ kind: 'failed', failure: { cause, stage, connection: 'fresh' } })
    upstream.destroy()
  }
}

function isWebsocket({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 101 && headers.upgrade?.toLowerCase() === 'websocket'
}

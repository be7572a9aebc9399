import { connect, type Socket } from 'node:net'
import type { Outcome } from '../../history/sample.ts'

/**
 * What is wrong with autocannon 9.0.0 for our use, and mended here from outside:
 *
 * - when its connection is reset or closed it reconnects without clearing its queue, so that a lost
 *   request is not counted and every later answer is matched to the wrong request;
 * - a refused connection is tried again in a hot loop;
 * - in rate mode the whole second's budget goes out in the first 100–300 ms of each second.
 *
 * `setupClient` runs before the first connect, so these private parts can be replaced on each client.
 * They are private: the version is pinned, and `requirePrivateParts` fails loudly when they change.
 */
export interface AutocannonClient {
  readonly opts: { readonly hostname: string; readonly port: number | string }
  readonly parser: { initialize(type: 'RESPONSE'): void; execute(chunk: Buffer): unknown }
  readonly pipelinedRequests: { size(): number; clear(): void; addByteCount(bytes: number): void }
  readonly destroyed: boolean
  rate: number | undefined
  conn: Socket
  _connect(): void
  _doRequest(): void
  _destroyConnection(): void
  on(event: 'response', listener: (status: number) => void): unknown
}

export interface ShimRequest {
  /** Where to connect: checked to be loopback. */
  readonly address: string
  /** Time between two requests of this client; its first is due `phaseMs` after the start. */
  readonly periodMs: number
  readonly phaseMs: number
  readonly nowUs: () => number
  readonly onEnd: (end: { sentUs: number; endedUs: number; status: number; outcome: Outcome }) => void
}

const FIRST_BACKOFF_MS = 10
const LONGEST_BACKOFF_MS = 500

export function shim(client: AutocannonClient, request: ShimRequest): void {
  requirePrivateParts(client)
  const { nowUs, onEnd, periodMs } = request
  const originalDoRequest = client._doRequest
  client.rate = undefined // its own pacing off; ours follows
  let sentUs: number | null = null
  let dueMs = performance.now() + request.phaseMs
  let backoffMs = FIRST_BACKOFF_MS
  let waiting: NodeJS.Timeout | undefined

  const settle = (status: number, outcome: Outcome) => {
    if (sentUs === null) return
    onEnd({ sentUs, endedUs: nowUs(), status, outcome })
    sentUs = null
  }

  /** Constant arrival: never before it is due; after a slow answer the next comes at once, without a burst to catch up. */
  client._doRequest = () => {
    clearTimeout(waiting)
    waiting = setTimeout(
      () => {
        if (client.destroyed || client.conn.destroyed || client.pipelinedRequests.size() > 0) return
        dueMs = Math.max(dueMs + periodMs, performance.now())
        sentUs = nowUs()
        originalDoRequest.call(client)
      },
      Math.max(0, dueMs - performance.now()),
    )
  }

  client._connect = () => {
    clearTimeout(waiting)
    const connection = connect({ host: request.address, port: Number(client.opts.port) })
    client.conn = connection
    client.parser.initialize('RESPONSE') // a half-read answer of the old connection is not this one's beginning
    connection.on('data', chunk => {
      if (connection !== client.conn) return
      client.pipelinedRequests.addByteCount(chunk.length)
      client.parser.execute(chunk)
    })
    connection.on('error', (error: NodeJS.ErrnoException) =>
      lost(connection, error.code === 'ECONNREFUSED' ? 'refused' : 'reset'),
    )
    connection.on('end', () => lost(connection, 'closed'))
    client._doRequest()
  }

  /** The connection is gone, and with it whatever was pending on it. */
  const lost = (connection: Socket, outcome: Outcome) => {
    if (connection !== client.conn || client.destroyed) return
    if (sentUs === null && performance.now() >= dueMs) {
      // Nothing was pending, but a request was due: it failed with the attempt to connect for it.
      sentUs = nowUs()
      dueMs = performance.now() + periodMs
    }
    drop(outcome)
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      if (!client.destroyed) client._connect()
    }, backoffMs)
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
  }

  const drop = (outcome: Outcome) => {
    settle(0, outcome)
    client.pipelinedRequests.clear()
    client.conn.removeAllListeners('data')
    client.conn.removeAllListeners('end')
    client.conn.removeAllListeners('error')
    client.conn.on('error', () => undefined) // it is over; what it still says belongs to nobody
    client.conn.destroy()
  }

  /** autocannon calls this when a request has timed out (it connects again itself), and at the end. */
  client._destroyConnection = () => {
    if (client.destroyed) sentUs = null // cut off by the end of the load: neither good nor bad
    clearTimeout(waiting)
    drop('deadline')
  }

  client.on('response', status => {
    backoffMs = FIRST_BACKOFF_MS
    settle(status, status >= 200 && status < 400 ? 'ok' : 'status')
  })
}

function requirePrivateParts(client: AutocannonClient): void {
  const present =
    typeof client._connect === 'function' &&
    typeof client._doRequest === 'function' &&
    typeof client._destroyConnection === 'function' &&
    typeof client.parser?.initialize === 'function' &&
    typeof client.pipelinedRequests?.clear === 'function' &&
    typeof client.pipelinedRequests.size === 'function'
  if (!present)
    throw new Error(
      'this version of autocannon has other private parts than 9.0.0, for which the load was written',
    )
}

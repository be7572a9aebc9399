import { connect, type Socket } from 'node:net'
import type { Connection, Outcome } from '../../history/sample.ts'
import { outcomeOfError } from '../outcome.ts'
import { type AutocannonClient, requirePrivateParts } from './autocannon-client.ts'
import type { Slots } from './slots.ts'

/**
 * What is wrong with autocannon 9.0.0 for our use, and mended here from outside:
 *
 * - when its connection is reset or closed it reconnects without clearing its queue, so that a lost
 *   request is not counted and every later answer is matched to the wrong request;
 * - an answer that nobody asked for (a server's farewell, such as 408) throws;
 * - a refused connection is tried again in a hot loop;
 * - in rate mode the whole second's budget goes out in the first 100–300 ms of each second.
 *
 * `setupClient` runs before the first connect, so these private parts can be replaced on each client:
 *
 *   _connect ──> _doRequest ──slot due──> pending ──answer──> _doRequest ──> …
 *      ^                                     │
 *      └──────────── back-off <──── lost: reset, FIN, refused, not HTTP
 */
export interface ShimRequest {
  /** Where to connect: checked to be loopback. */
  readonly address: string
  readonly slots: Slots
  readonly nowUs: () => number
  readonly isGood: (status: number) => boolean
  /** Once for each request that was answered or lost; not for those in flight when the load ends. */
  readonly onEnd: (end: RequestEnd) => void
  /** Aborted: nothing more is sent. */
  readonly signal: AbortSignal
}

export interface RequestEnd {
  /** Its slot's time: later than that by what an answer before it, or this process, took too long. */
  readonly dueUs: number
  readonly sentUs: number
  readonly endedUs: number
  readonly status: number
  readonly outcome: Outcome
  readonly connection: Connection
}

const FIRST_BACKOFF_MS = 10
const LONGEST_BACKOFF_MS = 500
const NOT_ASKED_FOR = { req: {}, headers: { statusCode: 0 }, body: '', bytes: 0, duration: 0 }

export function shim(client: AutocannonClient, request: ShimRequest): void {
  requirePrivateParts(client)
  const { nowUs, slots, signal } = request
  const originalDoRequest = client._doRequest
  const queue = client.pipelinedRequests
  const originalTerminate = queue.terminateRequest
  let pending: { dueUs: number; sentUs: number } | undefined
  let connected = false
  let answers = 0
  let backoffMs = FIRST_BACKOFF_MS
  let callOff: () => void = () => undefined

  client.rate = undefined // its own pacing off; the slots' follows
  queue.terminateRequest = () => originalTerminate.call(queue) ?? NOT_ASKED_FOR

  const settle = (status: number, outcome: Outcome) => {
    if (!pending) return
    const connection = answers === 0 ? 'kept-opened' : 'kept-reused'
    request.onEnd({ ...pending, endedUs: nowUs(), status, outcome, connection })
    pending = undefined
  }

  /** At most one thing is waited for: the next slot, or the time to connect again. */
  const wait = (ms: number, then: () => void) => {
    callOff()
    if (ms > 0) {
      const timer = setTimeout(then, ms)
      callOff = () => clearTimeout(timer)
    } else {
      const turn = setImmediate(then) // not before a FIN that came with the answer has been read
      callOff = () => clearImmediate(turn)
    }
  }

  client._doRequest = () => {
    if (!client.conn.destroyed) wait(slots.nextMs - performance.now(), sendDue)
  }

  const takeSlot = () => {
    const [nowMs, sentUs] = [performance.now(), nowUs()]
    const dueUs = sentUs - Math.max(0, nowMs - slots.nextMs) * 1000
    slots.take(nowMs)
    return { dueUs, sentUs }
  }

  const sendDue = () => {
    if (signal.aborted || client.destroyed || client.conn.destroyed || pending) return
    pending = takeSlot()
    originalDoRequest.call(client)
  }

  client._connect = () => {
    const connection = connect({ host: request.address, port: Number(client.opts.port) })
    client.conn = connection
    connected = false
    answers = 0
    client.parser.initialize('RESPONSE') // a half-read answer of the old connection is not this one's beginning
    connection.on('connect', () => {
      connected = true
    })
    connection.on('data', chunk => {
      queue.addByteCount(chunk.length)
      if (client.parser.execute(chunk) instanceof Error) lost(connection, 'malformed')
    })
    connection.on('error', error => lost(connection, outcomeOfError(error)))
    connection.on('end', () => {
      client.parser.finish() // completes an answer whose end is the connection's end
      lost(connection, 'closed')
    })
    client._doRequest()
  }

  /** The connection is gone, and with it whatever was pending on it. */
  const lost = (connection: Socket, outcome: Outcome) => {
    if (connection !== client.conn || client.destroyed) return
    // A request may have been due, and failed with the attempt to connect for it.
    const wasDue = !connected && !pending && performance.now() >= slots.nextMs
    if (wasDue && !signal.aborted) pending = takeSlot()
    const wasAnswered = answers > 0 && !pending
    drop(outcome)
    if (wasAnswered) {
      wait(0, reconnect) // a server that closes what it has answered is well
      return
    }
    wait(backoffMs, reconnect)
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
  }

  const reconnect = () => {
    if (!client.destroyed && !signal.aborted) client._connect()
  }

  const drop = (outcome: Outcome) => {
    callOff()
    settle(0, outcome)
    queue.clear()
    for (const event of ['connect', 'data', 'end', 'error']) client.conn.removeAllListeners(event)
    client.conn.on('error', () => undefined) // it is over; what it still says belongs to nobody
    client.conn.destroy()
  }

  /** autocannon calls this when a request has timed out (it connects again itself), and at the end. */
  client._destroyConnection = () => {
    if (client.destroyed) pending = undefined // cut off by the end of the load: neither good nor bad
    drop('deadline')
  }

  client.on('response', status => {
    const askedFor = pending !== undefined
    if (askedFor) {
      backoffMs = FIRST_BACKOFF_MS
      settle(status, request.isGood(status) ? 'ok' : 'status')
      answers += 1
    }
    // Whatever were sent on this connection now would be lost.
    if (!askedFor || !client.parser.shouldKeepAlive()) lost(client.conn, 'closed')
  })
}

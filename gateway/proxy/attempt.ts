import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type httpProxy from 'http-proxy'
import type { Deadline } from '../limits/deadline.ts'
import type { App } from '../routing/app.ts'
import { http } from '../server/node-http.ts'
import { patientTimeout } from '../time/patient-timeout.ts'
import { type AttemptFailure, AttemptTimeout, type Connection, failureOf, Silenced } from './failure.ts'
import type { RequestBody } from './request-body.ts'

export interface AttemptOptions {
  readonly proxy: httpProxy
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly head: IncomingHttpHeaders
  readonly pathAndQuery: string
  readonly body: RequestBody
  readonly app: App
  /** Name look-up included. A dead container's address goes silent and refuses nothing. */
  readonly connectTimeoutMs: number
  readonly deadline: Deadline
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
  /** From the last byte of the request to the head of the answer, if the deadline allows. */
  readonly answerTimeoutMs: number
  /** Aborts when waiting on has become pointless. */
  readonly giveUp: AbortSignal | undefined
  readonly clientGone: AbortSignal
}

export type AttemptResult =
  | {
      readonly kind: 'answer'
      readonly answer: IncomingMessage
      /** To be called when the answer is over: ends a request whose body the app did not wait for. */
      readonly leave: () => void
    }
  | { readonly kind: 'failed'; readonly failure: AttemptFailure }
  | { readonly kind: 'client-gone' }

/**
 * One request to one app by http-proxy, up to the head of its answer.
 *
 * http-proxy makes the request and reports its errors. Its `buffer` option hands over the request before
 * anything of it is sent, which is where its faults are mended: framing, path, body, time limits. Its own
 * ways of answering the client are not used (`selfHandleResponse`): see relay-answer.ts.
 */
export function attempt(options: AttemptOptions): Promise<AttemptResult> {
  const { proxy, req, res, app, clientGone, giveUp } = options
  return new Promise(resolve => {
    const flight: Flight = { request: undefined, connection: 'none', stopBody: () => undefined }
    const cleanUps: (() => void)[] = []
    let settled = false
    const settle = (result: AttemptResult) => {
      if (settled) return
      settled = true
      for (const cleanUp of cleanUps) cleanUp()
      resolve(result)
    }
    // Errors that come after the answer's head show on the answer's own stream.
    const fail = (error: NodeJS.ErrnoException) => {
      if (settled) return
      flight.stopBody()
      settle(
        clientGone.aborted
          ? { kind: 'client-gone' }
          : { kind: 'failed', failure: failureOf(error, flight.connection) },
      )
      flight.request?.destroy()
    }
    const onAbort = (signal: AbortSignal, action: () => void) => {
      signal.addEventListener('abort', action, { once: true })
      cleanUps.push(() => signal.removeEventListener('abort', action))
    }
    onAbort(clientGone, () => fail(new Error('client gone')))
    if (giveUp && !giveUp.aborted) onAbort(giveUp, () => fail(new Silenced(app.spec.name)))

    const handover = new Handover(request => {
      flight.request = request
      request.on('response', answer =>
        settle({ kind: 'answer', answer, leave: () => leave(request, options.body, flight) }),
      )
      request.on('error', fail)
      // Most close after their answer: an error made for nothing costs more than all of the routing.
      request.on('close', () => {
        if (!settled) fail(new Error('connection closed without an answer'))
      })
      cleanUps.push(send(request, options, flight, fail))
    })
    req.headers = options.head
    try {
      proxy.web(
        req,
        res,
        {
          target: { protocol: 'http:', host: app.spec.host, port: app.spec.port },
          agent: app.agent,
          buffer: handover,
          selfHandleResponse: true,
          toProxy: true,
          prependPath: false,
        },
        fail,
      )
    } catch (error) {
      // node refuses to send some header values and paths that its own parser lets in.
      fail(error as NodeJS.ErrnoException)
    }
  })
}

interface Flight {
  request: ClientRequest | undefined
  connection: Connection
  stopBody: () => void
}

function leave(request: ClientRequest, body: RequestBody, flight: Flight): void {
  flight.stopBody()
  if (body.progress !== 'complete') request.destroy()
}

/** Sends head and body, with the time limits; returns what lifts these. */
function send(
  request: ClientRequest,
  options: AttemptOptions,
  flight: Flight,
  fail: (error: Error) => void,
): () => void {
  const { body, connectTimeoutMs, answerTimeoutMs, deadline, nowMs } = options
  let stopAnswerTimer: (() => void) | undefined
  // http-proxy collapses `//` in a path and so changes what is asked for.
  request.path = options.pathAndQuery
  body.frame(request)

  // The client's runs from the start, even while it still sends.
  const askedMs = Math.max(0, deadline.askedLeftMs(nowMs()))
  const stopDeadline = Number.isFinite(askedMs)
    ? patientTimeout(() => fail(new AttemptTimeout('deadline', Math.round(askedMs))), askedMs)
    : () => undefined
  const stopConnectTimer = patientTimeout(
    () => fail(new AttemptTimeout('connect', connectTimeoutMs)),
    connectTimeoutMs,
  )
  const onConnected = (connection: Connection) => {
    stopConnectTimer()
    flight.connection = connection
    // Only now: as long as the body is unread, a failure to connect costs nothing.
    flight.stopBody = body.feed(request)
  }
  request.on('socket', socket => {
    if (request.reusedSocket) onConnected('reused')
    else if (socket.connecting) socket.once('connect', () => onConnected('fresh'))
    // One that failed at once is not connecting any more, and never was connected.
    else if (!socket.destroyed) onConnected('fresh')
  })
  const onSent = () => {
    deadline.bodyComplete(nowMs())
    const { ms, span } = deadline.forAnswer(nowMs(), answerTimeoutMs)
    const stage = span === 'fair' ? 'answer' : 'deadline'
    stopAnswerTimer = patientTimeout(() => fail(new AttemptTimeout(stage, Math.round(ms))), ms)
  }
  request.on('finish', onSent)
  return () => {
    stopDeadline()
    stopConnectTimer()
    stopAnswerTimer?.()
    request.off('finish', onSent)
  }
}

/** Stands in for the request's stream where http-proxy pipes it, and takes over from there. */
class Handover extends Readable {
  readonly #take: (request: ClientRequest) => void

  constructor(take: (request: ClientRequest) => void) {
    super()
    this.#take = take
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    if (!(destination instanceof http.ClientRequest))
      throw new TypeError('http-proxy pipes to something else')
    this.#take(destination)
    return destination
  }
}

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { BodyReplay } from '../proxy/body-replay.ts'
import type { Server } from '../server/server.ts'
import { ListeningTimer } from '../time/listening-timer.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import { causeOf, type Failure, type FailureCause } from './failure.ts'

/** A server that does not know `Expect` never says 100; the body goes then all the same (RFC 9110 10.1.1). */
const CONTINUE_WAIT_MS = 1_000

export interface UpstreamRequest {
  readonly method: string
  readonly path: string
  /** Name, value, name, value, as they go out. */
  readonly headers: readonly string[]
  readonly body: BodyReplay | undefined
  readonly expects: 'nothing' | '100-continue'
  readonly onContinue: () => void
  readonly onInformation: (
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ) => void
  /** Whether it may be sent again although this server has it: an idempotent method, its body still at hand. */
  readonly resendable: () => boolean
}

export interface AttemptSettings {
  readonly connectMs: number
  readonly serverMs: number
  readonly lag: LoopLag
}

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: IncomingMessage }
  | { readonly kind: 'failed'; readonly failure: Failure }

/**
 * One request at one server.
 *
 *     connecting ──connect──> sent ──head──> answered ──body's end──> closed
 *         └── unsent failure    └── sent failure └── the answer is cut: its stream fails
 *
 * The body leaves the client only once there is a connection: until then the request can go anywhere else.
 */
export class Attempt {
  readonly server: Server
  readonly outcome: Promise<Outcome>
  /** When it had a connection, on the monotonic clock. */
  connectedMs = 0
  readonly #request: UpstreamRequest
  readonly #settings: AttemptSettings
  readonly #upstream: ClientRequest
  #settle: (outcome: Outcome) => void = () => undefined
  #stage: 'unsent' | 'sent' | 'answered' | 'over' = 'unsent'
  #timer: ListeningTimer | undefined
  #continueTimer: NodeJS.Timeout | undefined

  constructor(server: Server, address: string, request: UpstreamRequest, settings: AttemptSettings) {
    this.server = server
    this.#request = request
    this.#settings = settings
    this.outcome = new Promise(resolve => {
      this.#settle = resolve
    })
    this.#upstream = httpRequest({
      agent: server.pool.agent,
      host: address,
      port: server.port,
      method: request.method,
      path: request.path,
      headers: [...request.headers],
      setHost: false,
    })
    this.#upstream.maxHeadersCount = 0 // all of them; their size is limited anyway
    server.begin(this)
    this.#upstream.on('socket', socket => this.#onSocket(socket))
    this.#upstream.on('continue', () => this.#sendBody())
    this.#upstream.on('information', info => request.onInformation(info.statusCode, info.headers))
    this.#upstream.on('response', answer => this.#onAnswer(answer))
    // A 101 that nobody asked for leaves the connection in no known state.
    this.#upstream.on('upgrade', (_, socket) => {
      socket.destroy()
      this.#fail('bad-answer')
    })
    this.#upstream.on('error', error => this.#fail(causeOf(error)))
    this.#upstream.on('close', () => {
      this.#fail('closed')
      this.#finish()
    })
    if (!request.body) this.#upstream.end()
  }

  get connection(): 'fresh' | 'reused' {
    return this.#upstream.reusedSocket ? 'reused' : 'fresh'
  }

  /** The client went away, or the answer is of no more use. */
  abort(): void {
    if (this.#stage === 'answered') this.#upstream.destroy()
    else this.#fail('client-gone')
  }

  /** The checks say that the server is silent: what can be had elsewhere need not wait for it. */
  abandonIfUnanswered(): void {
    if (this.#stage === 'unsent') this.#fail('connect-timeout')
    else if (this.#stage === 'sent' && this.#request.resendable()) this.#fail('server-silent')
  }

  #onSocket(socket: Socket): void {
    if (!socket.connecting) {
      this.#onConnected(socket)
      return
    }
    this.#watch(this.#settings.connectMs, () => this.#fail('connect-timeout'))
    socket.once('connect', () => this.#onConnected(socket))
  }

  #onConnected(socket: Socket): void {
    if (this.#stage !== 'unsent') return
    this.#stage = 'sent'
    this.connectedMs = performance.now()
    this.#watchActivity(socket)
    if (!this.#request.body) return
    if (this.#request.expects === 'nothing') {
      this.#sendBody()
      return
    }
    this.#upstream.flushHeaders()
    this.#continueTimer = setTimeout(() => this.#sendBody(), CONTINUE_WAIT_MS)
  }

  #sendBody(): void {
    const { body, expects, onContinue } = this.#request
    if (!body || this.#stage !== 'sent') return
    clearTimeout(this.#continueTimer)
    if (expects === '100-continue') onContinue()
    body.attach(this.#upstream)
    // The head goes with the body's first bytes if they are here, else on its own.
    setImmediate(() => {
      if (this.#stage === 'sent' && !this.#upstream.headersSent) this.#upstream.flushHeaders()
    })
  }

  #onAnswer(answer: IncomingMessage): void {
    if (this.#stage !== 'sent') return
    this.#stage = 'answered'
    clearTimeout(this.#continueTimer)
    answer.once('end', () => this.#finish())
    this.server.answered(this)
    this.#settle({ kind: 'answered', answer })
  }

  #fail(cause: FailureCause): void {
    // After the head of an answer, it is the answer's own stream that tells of its end.
    if (this.#stage === 'answered' || this.#stage === 'over') return
    const failure: Failure = {
      cause,
      stage: this.#stage,
      connection: this.connection,
    }
    this.#finish()
    this.#request.body?.detach()
    this.#upstream.destroy()
    this.#settle({ kind: 'failed', failure })
  }

  #finish(): void {
    if (this.#stage === 'over') return
    this.#stage = 'over'
    this.#timer?.stop()
    clearTimeout(this.#continueTimer)
    this.server.end(this)
  }

  #watch(limitMs: number, onSilence: () => void): void {
    this.#timer?.stop()
    this.#timer = new ListeningTimer(this.#settings.lag, limitMs, onSilence)
  }

  /** Looks once a period whether a byte moved, so that none of them has to touch a timer: 1 to 2 periods. */
  #watchActivity(socket: Socket): void {
    const before = socket.bytesRead + socket.bytesWritten
    this.#watch(this.#settings.serverMs, () => {
      const waitsForClient = this.#stage === 'answered' && socket.isPaused()
      if (waitsForClient || socket.bytesRead + socket.bytesWritten > before) this.#watchActivity(socket)
      else if (this.#stage === 'answered') this.#upstream.destroy()
      else this.#fail('server-timeout')
    })
  }
}

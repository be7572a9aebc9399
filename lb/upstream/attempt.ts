import { performance } from 'node:perf_hooks'
import type { BodyReplay } from '../proxy/body-replay.ts'
import type { Server } from '../server/server.ts'
import type { AnswerHead } from './answer-head.ts'
import { bodyWriter } from './body-writer.ts'
import type { ConnectionPool } from './connection-pool.ts'
import type { Failure, FailureCause } from './failure.ts'
import type { ConnectionUser, UpstreamConnection } from './upstream-connection.ts'

/** A server that does not know `Expect` never says 100; the body goes then all the same (RFC 9110 10.1.1). */
const CONTINUE_WAIT_MS = 1_000

export interface UpstreamRequest {
  readonly method: string
  /** Request line and headers, the empty line included. */
  readonly head: string
  readonly framing: 'none' | 'length' | 'chunked'
  readonly body: BodyReplay | undefined
  readonly expects: 'nothing' | '100-continue'
  /** Whether it may be sent again although a server has it: an idempotent request, its body still at hand. */
  readonly resendable: () => boolean
}

export interface AttemptTimes {
  readonly connectMs: number
  readonly serverMs: number
}

/** Who wants the answer. Calls come in this order; after `onFailed`, `onCut` or `onWhole` there are no more. */
export interface AnswerTaker {
  onContinue(attempt: Attempt): void
  onInformation(attempt: Attempt, head: AnswerHead): void
  onHead(attempt: Attempt, head: AnswerHead): void
  /** Lent for the call only. */
  onBody(attempt: Attempt, bytes: Buffer): void
  /** All that came in one read has been handed out. */
  onRead(attempt: Attempt): void
  onWhole(attempt: Attempt): void
  onCut(attempt: Attempt): void
  onFailed(attempt: Attempt, failure: Failure): void
  /** It takes longer than it should, and may be asked for elsewhere too. */
  onOverdue(attempt: Attempt): void
}

/**
 * One request at one server.
 *
 *     unsent ──connected──> sent ──head──> answered ──body's end──> over
 *        └── unsent failure   └── sent failure  └── cut
 *
 * The body leaves the client only once there is a connection: until then the request can go anywhere else. All times
 * are of the listening clock (`LoopLag.listenedMs`): our own lag is nobody's silence.
 */
export class Attempt implements ConnectionUser {
  readonly server: Server
  readonly request: UpstreamRequest
  readonly method: string
  readonly startMs: number
  /** When it had a connection, on the monotonic clock. */
  connectedMs = 0
  taker: AnswerTaker
  /** Among those under way at its server. */
  place = -1
  readonly #times: AttemptTimes
  /** The connection's own: its server may have another one by the time that it is given back. */
  readonly #pool: ConnectionPool
  readonly #connection: UpstreamConnection
  readonly #fresh: boolean
  #stage: 'unsent' | 'sent' | 'answered' | 'over' = 'unsent'
  #body: 'none' | 'waiting' | 'going' | 'gone' = 'none'
  #answer: 'open' | 'whole' = 'open'
  #kept = false
  /** What the read under way has brought: with the head, the server has been heard already. */
  #read: 'more' | 'the head' = 'more'
  #turn: 'ours' | "the server's" = 'ours'
  #movedMs = 0
  #sentMs = 0
  #headMs = 0
  #purpose: 'answer' | 'connection' = 'answer'
  #giveUpMs = Number.POSITIVE_INFINITY
  #moved = 0

  constructor(
    server: Server,
    address: string,
    request: UpstreamRequest,
    taker: AnswerTaker,
    times: AttemptTimes,
  ) {
    this.server = server
    this.request = request
    this.method = request.method
    this.taker = taker
    this.#times = times
    this.startMs = server.begin(this)
    this.#pool = server.pool
    this.#connection = this.#pool.take(address, server.port)
    this.#fresh = this.#connection.state === 'connecting'
    this.#connection.use(this)
  }

  /** Once whoever made it knows of it. */
  start(): void {
    if (!this.#fresh) this.onConnected()
  }

  get stage(): 'unsent' | 'sent' | 'answered' | 'over' {
    return this.#stage
  }

  get connection(): 'fresh' | 'reused' {
    return this.#fresh ? 'fresh' : 'reused'
  }

  /** How long the head took once the server had all of the request; 0: it did not have all. */
  get headMs(): number {
    return this.#headMs
  }

  /** How long it has waited for a connection, or for a head; 0 while its client still sends, and once the head is there. */
  waitedMs(nowMs: number): number {
    const sinceMs = this.#stage === 'unsent' ? this.startMs : this.owedSinceMs
    return sinceMs === undefined ? 0 : nowMs - sinceMs
  }

  /** Since when it is the server's turn: it has all of the request, and has said nothing. `undefined`: it is not. */
  get owedSinceMs(): number | undefined {
    if (this.#turn === 'ours') return undefined
    return this.request.body ? this.#sentMs : this.startMs
  }

  /** Its answer is of no use to anybody: nothing is counted, nobody is told. */
  cancel(): void {
    if (this.#stage === 'over') return
    this.#finish()
    this.#connection.destroy()
  }

  /** Its answer is of no use any more; it goes to this one, unless that takes longer. */
  release(taker: AnswerTaker, limitMs: number): void {
    const isSending = this.#body === 'waiting' || this.#body === 'going'
    if (this.#stage === 'unsent' || isSending) {
      this.cancel()
      return
    }
    this.taker = taker
    this.#giveUpMs = this.server.nowMs() + limitMs
    this.resume()
  }

  /**
   * Nothing left us yet, and elsewhere it may go at once. The connection is still waited for: if it comes, it is kept
   * for others, and if it does not, `witness` is told.
   */
  abandonUnsent(witness: AnswerTaker): void {
    if (this.#stage !== 'unsent') return
    const { taker } = this
    this.taker = witness
    this.#purpose = 'connection'
    taker.onFailed(this, { cause: 'connect-slow', stage: 'unsent', connection: this.connection })
  }

  /** The checks say that the server is silent: what can be had elsewhere need not wait for it. */
  abandonIfUnanswered(): void {
    if (this.#stage === 'unsent') this.#fail('connect-timeout')
    else if (this.#stage === 'sent' && this.request.resendable()) this.#fail('server-silent')
  }

  /** Told every few milliseconds while it is under way. */
  watch(nowMs: number): void {
    if (nowMs >= this.#giveUpMs) {
      this.cancel()
      return
    }
    if (this.#stage === 'unsent') {
      if (nowMs - this.startMs >= this.#times.connectMs) this.#fail('connect-timeout')
      return
    }
    if (this.#body === 'waiting' && nowMs - this.#movedMs >= CONTINUE_WAIT_MS) this.#sendBody()
    const moved = this.#connection.bytesMoved
    const isClientsTurn = this.#body === 'going' && this.#connection.isFlushed
    if (moved !== this.#moved || isClientsTurn || this.#connection.isPaused) {
      this.#moved = moved
      this.#movedMs = nowMs
    } else if (nowMs - this.#movedMs >= this.#times.serverMs) {
      if (this.#stage === 'sent') this.#fail('server-timeout')
      else this.#cut()
    }
  }

  /** The client takes no more for now. */
  pause(): void {
    this.#connection.pause()
  }

  resume(): void {
    this.#connection.resume()
  }

  onConnected(): void {
    if (this.#stage !== 'unsent') return
    if (this.#purpose === 'connection') {
      this.#finish()
      this.#pool.giveBack(this.#connection, this.server.nowMs())
      return
    }
    const { head, body, expects } = this.request
    this.#stage = 'sent'
    this.connectedMs = performance.now()
    if (!body) {
      this.#connection.write(head)
      this.#isAllSent()
      return
    }
    this.#body = 'waiting'
    this.#movedMs = this.server.nowMs()
    this.#connection.together(() => {
      this.#connection.write(head)
      if (expects === 'nothing') this.#sendBody()
    })
  }

  onInformation(head: AnswerHead): void {
    if (this.#stage !== 'sent') return
    if (head.status === 100) this.#sendBody()
    else this.taker.onInformation(this, head)
  }

  onHead(head: AnswerHead): void {
    if (this.#stage !== 'sent') return
    this.#stage = 'answered'
    this.#read = 'the head'
    this.#kept = head.connection === 'kept'
    const heardMs = this.server.heard()
    if (this.#turn === "the server's")
      this.#headMs = heardMs - (this.request.body ? this.#sentMs : this.startMs)
    this.#waitsNoMore()
    if (this.#headMs > 0) this.server.learn(this.#headMs)
    this.taker.onHead(this, head)
  }

  onBody(bytes: Buffer): void {
    if (this.#stage === 'answered') this.taker.onBody(this, bytes)
  }

  onAnswered(): void {
    this.#answer = 'whole'
  }

  onRead(): void {
    if (this.#read === 'more') this.server.heard()
    this.#read = 'more'
    if (this.#stage !== 'answered') return
    if (this.#answer === 'open') {
      this.taker.onRead(this)
      return
    }
    const reusable = this.#kept && (this.#body === 'none' || this.#body === 'gone')
    this.#finish()
    if (reusable) this.#pool.giveBack(this.#connection, this.startMs)
    else this.#connection.destroy()
    this.taker.onWhole(this)
  }

  onWritable(): void {
    if (this.#body === 'going') this.request.body?.resume()
  }

  onLost(cause: FailureCause): void {
    if (this.#stage === 'answered') {
      if (this.#answer === 'open') this.#cut()
      else this.onRead()
    } else this.#fail(cause)
  }

  #sendBody(): void {
    const { body, framing, expects } = this.request
    if (!body || this.#body !== 'waiting' || this.#stage !== 'sent') return
    this.#body = 'going'
    if (expects === '100-continue') this.taker.onContinue(this)
    const gone = () => {
      this.#body = 'gone'
      if (this.#stage === 'sent') this.#isAllSent()
    }
    this.#connection.together(() => body.attach(bodyWriter(this.#connection, framing, gone)))
  }

  #isAllSent(): void {
    this.#turn = "the server's"
    this.#sentMs = this.server.waitsFor()
    this.#movedMs = this.#sentMs
  }

  #waitsNoMore(): void {
    if (this.#turn === 'ours') return
    this.#turn = 'ours'
    this.server.waitsNoMore()
  }

  #fail(cause: FailureCause): void {
    if (this.#stage !== 'unsent' && this.#stage !== 'sent') return
    const failure: Failure = { cause, stage: this.#stage, connection: this.connection }
    this.#finish()
    this.#connection.destroy()
    this.taker.onFailed(this, failure)
  }

  #cut(): void {
    this.#finish()
    this.#connection.destroy()
    this.taker.onCut(this)
  }

  #finish(): void {
    if (this.#body === 'waiting' || this.#body === 'going') this.request.body?.detach()
    this.#stage = 'over'
    this.#waitsNoMore()
    this.server.end(this)
  }
}

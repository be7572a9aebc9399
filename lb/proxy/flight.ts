import type { Backend } from '../server/backend.ts'
import { reportFailure } from '../server/passive-health.ts'
import type { Server } from '../server/server.ts'
import type { Waiter } from '../server/waiting-line.ts'
import type { RequestTrace } from '../stats/request-trace.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import type { AnswerHead } from '../upstream/answer-head.ts'
import { type AnswerTaker, Attempt, type AttemptTimes, type UpstreamRequest } from '../upstream/attempt.ts'
import type { Failure } from '../upstream/failure.ts'
import { Discard } from './discard.ts'
import type { Exchange } from './exchange.ts'
import { clientHeaders, valuesOf } from './headers.ts'
import type { RetryBudget } from './retry-budget.ts'
import { decide, isHedgeable, NOTHING_SPENT, type Spent, statusOf } from './retry-policy.ts'

export interface FlightSettings {
  readonly backend: Backend
  readonly budget: RetryBudget
  readonly times: AttemptTimes
  readonly lag: LoopLag
  readonly retries: number
  /** Whether this answer is to be the last on its connection. */
  readonly isDraining: () => boolean
}

export type End =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'own'
      readonly status: number
      readonly reason: string
      readonly server: Server | undefined
    }
  | { readonly kind: 'cut'; readonly reason: string; readonly server: Server }

/** Of a server that cannot do it now, or whose own servers cannot. */
const WORTH_A_RETRY = new Set([502, 503, 504])
/** The second of two that comes late is not waited for for longer. */
const DISCARD_MS = 1_000
const DONE: End = { kind: 'done' }
/** Most requests never need a set of their own. */
const NONE: ReadonlySet<Server> = new Set()

/**
 * One request on its way to a server and, as long as that is safe, to further ones, and its answer's way back.
 *
 *     (waiting in line) ── attempt ──failed, may go again──> next attempt
 *                             │ └──overdue──> hedge: a second attempt beside it
 *                             └──head, whoever's comes first──> relayed to its end
 */
export class Flight implements AnswerTaker, Waiter {
  readonly #request: UpstreamRequest
  readonly #exchange: Exchange
  readonly #trace: RequestTrace
  readonly #settings: FlightSettings
  readonly #onEnd: (end: End) => void
  readonly #key: string
  #tried = NONE
  #state: 'trying' | 'waiting in line' | 'answering' | 'over' = 'trying'
  #attempts: Attempt[] = []
  #spent: Spent = NOTHING_SPENT
  #last: Failure | undefined
  readonly #sinceMs: number
  #hasHedged = false
  #hasContinued = false

  constructor(
    request: UpstreamRequest,
    exchange: Exchange,
    trace: RequestTrace,
    key: string,
    settings: FlightSettings,
    onEnd: (end: End) => void,
  ) {
    this.#request = request
    this.#exchange = exchange
    this.#trace = trace
    this.#key = key
    this.#settings = settings
    this.#onEnd = onEnd
    this.#sinceMs = settings.lag.listenedMs()
    settings.budget.request(this.#sinceMs)
    exchange.onClosed(() => this.#onClosed())
    exchange.onWritable(() => this.#attempts[0]?.resume())
  }

  /** Finds a server and goes there. */
  proceed(): void {
    if (this.#state === 'over') return
    const { backend } = this.#settings
    this.#trace.queued()
    const server = backend.pick(this.#tried, this.#key)
    if (server) this.#attempt(server)
    else this.#wait()
  }

  giveUp(): void {
    this.#turnedAway('queue-timeout')
  }

  onContinue(): void {
    if (this.#hasContinued) return
    this.#hasContinued = true
    this.#exchange.sayContinue()
  }

  onInformation(_: Attempt, { status, headers }: AnswerHead): void {
    if (status !== 103 || this.#state !== 'trying' || this.#exchange.head.httpVersion === '1.0') return
    const links = valuesOf(headers, 'link')
    if (links.length > 0) this.#exchange.sayEarlyHints(links)
  }

  onHead(attempt: Attempt, head: AnswerHead): void {
    const { backend } = this.#settings
    backend.judge(attempt.server, head.status >= 500 ? 'bad' : 'good', attempt.headMs)
    if (WORTH_A_RETRY.has(head.status) && this.#goesElsewhere(attempt)) return
    this.#state = 'answering'
    for (const other of this.#attempts) if (other !== attempt) this.#letGo(other)
    this.#attempts = [attempt]
    this.#trace.answered(attempt)
    this.#relayHead(head)
  }

  onBody(_: Attempt, bytes: Buffer): void {
    if (this.#exchange.head.method !== 'HEAD') this.#exchange.write(bytes)
  }

  onRead(attempt: Attempt): void {
    if (!this.#exchange.flush()) attempt.pause()
  }

  onWhole(): void {
    this.#exchange.end()
    this.#finish(DONE)
  }

  onCut(attempt: Attempt): void {
    const { server } = attempt
    const { backend } = this.#settings
    this.#trace.cut()
    backend.judge(server, 'bad', 0)
    backend.observe(server, { kind: 'suspected' })
    server.checkNow()
    // Told first: once it is cut, it looks as if the client had left.
    this.#finish({ kind: 'cut', reason: 'answer-cut', server })
    this.#exchange.cut()
  }

  onFailed(attempt: Attempt, failure: Failure): void {
    const { backend, budget, retries } = this.#settings
    const { server } = attempt
    this.#last = failure
    this.#attempts = this.#attempts.filter(other => other !== attempt)
    this.#tried = this.#triedAnd(server)
    this.#trace.failed(server, failure)
    reportFailure(backend, server, failure)
    if (this.#state === 'over' || this.#attempts.length > 0) return // its hedge is still under way
    const allowance = { retries, servers: backend.servers.length, budget: () => budget.take(server.nowMs()) }
    const decision = decide(failure, this.#request.resendable(), this.#spent, allowance)
    if (decision.kind === 'give-up') {
      this.#own(decision.status, decision.reason, server)
      return
    }
    server.retries += 1
    this.#spent = decision.spent
    this.#trace.again(server, failure)
    this.proceed()
  }

  /** Not sent yet, it goes elsewhere; sent, it goes elsewhere too, if the first to answer may be taken. */
  onOverdue(attempt: Attempt): void {
    if (this.#state !== 'trying' || this.#hasHedged) return
    const { backend, budget } = this.#settings
    const isUnsent = attempt.stage === 'unsent'
    if (!isUnsent && !isHedgeable(this.#request)) return
    const server = backend.pickOther(this.#triedAnd(attempt.server), this.#key)
    if (!server) return
    if (isUnsent) {
      attempt.abandonUnsent(this.#discard())
      return
    }
    if (!budget.take(server.nowMs())) return
    this.#hasHedged = true
    this.#trace.hedged(attempt.server)
    this.#attempt(server)
  }

  #attempt(server: Server): void {
    this.#state = 'trying'
    this.#trace.picked(server)
    const attempt = new Attempt(server, server.address ?? '', this.#request, this, this.#settings.times)
    this.#attempts.push(attempt)
    attempt.start()
  }

  #wait(): void {
    const { backend } = this.#settings
    if (backend.up.length === 0) this.#turnedAway('no-server-up')
    else if (backend.line.join(this, this.#sinceMs) === 'joined') this.#state = 'waiting in line'
    else this.#turnedAway('maxconn')
  }

  /** Nobody could take it, or take it again: then what became of it the last time says more. */
  #turnedAway(reason: string): void {
    if (this.#last) this.#own(statusOf(this.#last), this.#last.cause)
    else this.#own(503, reason)
  }

  /** A bad answer, before any of it went to the client, is as good as none if somebody else may be asked. */
  #goesElsewhere(attempt: Attempt): boolean {
    if (!this.#request.resendable()) return false
    const { backend, budget, retries } = this.#settings
    const { server } = attempt
    const hasHedge = this.#attempts.length > 1
    if (!hasHedge) {
      if (this.#spent.retries >= retries) return false
      if (!backend.pickOther(this.#triedAnd(server), this.#key)) return false
      if (!budget.take(server.nowMs())) return false
    }
    this.#letGo(attempt)
    this.#attempts = this.#attempts.filter(other => other !== attempt)
    this.#tried = this.#triedAnd(server)
    if (hasHedge) return true
    server.retries += 1
    this.#spent = { ...this.#spent, retries: this.#spent.retries + 1 }
    this.#trace.again(server, { cause: 'bad-answer', stage: 'sent', connection: attempt.connection })
    this.proceed()
    return true
  }

  #relayHead({ status, phrase, headers, framing }: AnswerHead): void {
    const { isDraining } = this.#settings
    this.#exchange.start({
      status,
      phrase,
      headers: clientHeaders(headers, status, this.#trace.id),
      body: framing.kind === 'none' || framing.kind === 'length' ? framing.kind : 'unknown length',
      connection: isDraining() || !this.#exchange.isRequestWhole ? 'closed' : 'kept',
    })
  }

  #triedAnd(server: Server): ReadonlySet<Server> {
    return new Set([...this.#tried, server])
  }

  #letGo(attempt: Attempt): void {
    attempt.release(this.#discard(), DISCARD_MS)
  }

  #discard(): Discard {
    const { backend } = this.#settings
    return new Discard(
      ({ server, headMs }, { status }) => backend.judge(server, status >= 500 ? 'bad' : 'good', headMs),
      ({ server }, failure) => reportFailure(backend, server, failure),
    )
  }

  #own(status: number, reason: string, server?: Server): void {
    this.#finish({ kind: 'own', status, reason, server })
  }

  #finish(end: End): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#onEnd(end)
  }

  /** Whole, or the client has left: then nobody wants what is still under way. */
  #onClosed(): void {
    if (this.#state === 'over') return
    if (this.#state === 'waiting in line') this.#settings.backend.line.leave(this)
    if (this.#attempts.some(({ stage }) => stage === 'sent')) this.#trace.sent()
    for (const attempt of this.#attempts) attempt.cancel()
    this.#finish(DONE)
  }
}

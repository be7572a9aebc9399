import type { Socket } from 'node:net'
import type { BodySource } from '../body-replay.ts'
import { rawOwnAnswer } from '../own-answer.ts'
import { type ExchangeConnection, PlainExchange } from './plain-exchange.ts'
import { readPlainRequest } from './plain-head.ts'

export interface PlainLimits {
  readonly maxHead: number
  readonly keepaliveMs: number
  /** Of a client that neither sends nor reads. */
  readonly silenceMs: number
  /** For a first request, and for what is left to read after a last answer. */
  readonly headMs: number
  /** For a whole request, its body too. */
  readonly requestMs: number
}

export interface PlainOwner {
  readonly limits: PlainLimits
  onRequest(exchange: PlainExchange): void
  /** Nothing of these bytes was used, and nothing is under way: the connection is Node's from now on. */
  handOver(connection: PlainConnection, bytes: Buffer): void
  onClosed(connection: PlainConnection): void
}

/**
 * A client's connection, as long as all that comes on it is plain.
 *
 *     waiting ──plain head──> in exchange ──answered──> waiting …
 *        │                         └──the last one──> ending: what still comes is read and dropped
 *        └──anything else──> Node's HTTP server
 */
export class PlainConnection implements ExchangeConnection {
  readonly socket: Socket
  readonly body: BodySource
  readonly #owner: PlainOwner
  readonly #client: string
  #state: 'waiting' | 'in exchange' | 'ending' | 'given away' = 'waiting'
  #exchange: PlainExchange | undefined
  /** Came behind the request that is being answered. */
  #rest: Buffer | undefined
  #bodyLeft = 0
  #bodyState: 'paused' | 'flowing' = 'paused'
  #onBody: (bytes: Buffer) => void = () => undefined
  #onBodyEnd: () => void = () => undefined
  #peer: 'open' | 'ended' = 'open'
  #moved = 0
  #movedMs: number
  /** When the watch first saw this request, or that all of the last answer had left. */
  #begunMs: number | undefined
  #requests = 0
  readonly #onData = (bytes: Buffer) => this.#take(bytes)
  readonly #onEnd = () => this.#peerEnded()
  readonly #onDrain = () => this.#exchange?.writable()
  readonly #onClose = () => this.#closed()
  readonly #onError = () => this.socket.destroy()

  constructor(socket: Socket, owner: PlainOwner, nowMs: number) {
    this.socket = socket
    this.#owner = owner
    this.#movedMs = nowMs
    this.#client = socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
    this.body = {
      onData: take => {
        this.#onBody = take
      },
      onEnd: take => {
        this.#onBodyEnd = take
      },
      pause: () => {
        this.#bodyState = 'paused'
      },
      resume: () => this.#resumeBody(),
    }
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('drain', this.#onDrain)
    socket.on('close', this.#onClose)
    socket.on('error', this.#onError)
  }

  get isRequestWhole(): boolean {
    return this.#bodyLeft === 0
  }

  get keepaliveS(): number {
    return Math.floor(this.#owner.limits.keepaliveMs / 1_000)
  }

  get isIdle(): boolean {
    return this.#state === 'waiting'
  }

  done(connection: 'kept' | 'closed'): void {
    this.#exchange = undefined
    if (this.#state !== 'in exchange') return
    if (connection === 'closed' || this.#bodyLeft > 0 || this.#peer === 'ended') {
      this.#end('')
      return
    }
    this.#state = 'waiting'
    if (this.#rest) process.nextTick(() => this.#takeRest())
  }

  /** Told about once a second. */
  watch(nowMs: number): void {
    const isLeaving = this.#state === 'ending' && !this.socket.writableFinished
    if (this.#begunMs === undefined || isLeaving) this.#begunMs = nowMs
    if (this.#hasTakenTooLong(nowMs - this.#begunMs)) {
      this.#cutShort()
      return
    }
    const moved = this.socket.bytesRead + this.socket.bytesWritten - this.socket.writableLength
    if (moved !== this.#moved) {
      this.#moved = moved
      this.#movedMs = nowMs
      return
    }
    if (nowMs - this.#movedMs >= this.#limitMs()) this.socket.destroy()
  }

  /** However much moves: a body without an end, or what comes behind the last answer. */
  #hasTakenTooLong(ms: number): boolean {
    const { headMs, requestMs } = this.#owner.limits
    if (this.#state === 'ending') return ms >= headMs
    return this.#state === 'in exchange' && this.#bodyLeft > 0 && ms >= requestMs
  }

  /** As Node's server does: told, as long as no other answer has begun. */
  #cutShort(): void {
    const exchange = this.#exchange
    if (exchange?.state !== 'open') {
      this.socket.destroy()
      return
    }
    this.#exchange = undefined
    exchange.leave()
    this.#end(rawOwnAnswer(408, 'Request Timeout', 'request-timeout'))
  }

  #end(lastWords: string): void {
    this.#state = 'ending'
    this.#begunMs = undefined
    this.#rest = undefined
    this.socket.end(lastWords, 'latin1')
    this.socket.resume()
  }

  #limitMs(): number {
    const { keepaliveMs, silenceMs, headMs } = this.#owner.limits
    if (this.#state === 'in exchange') return silenceMs
    return this.#state === 'waiting' && this.#requests > 0 ? keepaliveMs : headMs
  }

  #take(bytes: Buffer): void {
    switch (this.#state) {
      case 'waiting':
        this.#read(bytes)
        return
      case 'in exchange':
        this.#rest = this.#rest ? Buffer.concat([this.#rest, bytes]) : bytes
        if (this.#bodyLeft > 0 && this.#bodyState === 'flowing') this.#giveBody()
        if (this.#rest) this.socket.pause()
    }
  }

  #takeRest(): void {
    const rest = this.#rest
    if (!rest || this.#state !== 'waiting') return
    this.#rest = undefined
    this.socket.resume()
    this.#read(rest)
  }

  #read(bytes: Buffer): void {
    const plain = readPlainRequest(bytes, this.#owner.limits.maxHead)
    if (!plain) {
      this.#giveAway(bytes)
      return
    }
    this.#state = 'in exchange'
    this.#requests += 1
    this.#begunMs = undefined
    this.#bodyLeft = plain.bodyBytes
    this.#bodyState = 'paused'
    if (plain.end < bytes.length) {
      this.#rest = bytes.subarray(plain.end)
      this.socket.pause()
    }
    this.#exchange = new PlainExchange(this, plain.head, this.#client, plain.connection)
    this.#owner.onRequest(this.#exchange)
  }

  #resumeBody(): void {
    if (this.#bodyState === 'flowing') return
    this.#bodyState = 'flowing'
    if (this.#bodyLeft === 0) return
    this.#giveBody()
    if (!this.#rest) this.socket.resume()
  }

  /** What is here of the body, to whoever takes it; what is behind it stays. */
  #giveBody(): void {
    const rest = this.#rest
    if (!rest) return
    const bytes = rest.subarray(0, this.#bodyLeft)
    this.#rest = rest.length > bytes.length ? rest.subarray(bytes.length) : undefined
    this.#bodyLeft -= bytes.length
    this.#onBody(bytes)
    if (this.#bodyLeft === 0) this.#onBodyEnd()
  }

  #giveAway(bytes: Buffer): void {
    this.#state = 'given away'
    this.socket.off('data', this.#onData)
    this.socket.off('end', this.#onEnd)
    this.socket.off('drain', this.#onDrain)
    this.socket.off('close', this.#onClose)
    this.socket.off('error', this.#onError)
    this.#owner.handOver(this, bytes)
  }

  /** As with Node's server, who closes before there is an answer does not want it any more. */
  #peerEnded(): void {
    this.#peer = 'ended'
    if (this.#state === 'waiting') this.socket.end()
    else if (this.#exchange?.state === 'open' || this.#bodyLeft > 0) this.socket.destroy()
  }

  #closed(): void {
    this.#exchange?.leave()
    this.#exchange = undefined
    this.#owner.onClosed(this)
  }
}

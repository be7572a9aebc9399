import type { Socket } from 'node:net'
import { type Framing, readAnswerHead, readRequestHead } from './head.ts'
import type { Join } from './join.ts'
import { Line } from './line.ts'
import { madeAnswer } from './made-answer.ts'
import { type HttpManner, isHttp, type Surroundings } from './manner.ts'
import { MessageReader } from './message-reader.ts'
import { isOneOf } from './which-requests.ts'

export const joinByHttp: Join = (peer, target, around) => {
  new Conversation(peer, target, around)
}

/** A request that is not yet answered, in the order in which they came. */
interface Exchange {
  readonly method: string
  /** What is done to it; nothing if it is not there. */
  readonly manner: HttpManner | undefined
  /** The answer that it gets from us, once all of it has come; the target hears nothing of it. */
  readonly made: Buffer | undefined
  readonly isLast: boolean
  isAsked: boolean
}

/**
 * What is said on one connection. Requests are told apart, and answers, but handed on byte for byte as they came,
 * but for those that something is to be done to:
 *
 *   peer ─ requests ─> one to be answered by us is taken out ─> target
 *   peer <─ answers, ours in their places, one late, one cut off <─ target
 */
class Conversation {
  readonly #peer: Socket
  readonly #target: Socket
  readonly #around: Surroundings
  readonly #toPeer: Line
  readonly #toTarget: Line
  readonly #requests: MessageReader
  readonly #answers: MessageReader
  readonly #exchanges: Exchange[] = []
  /** The request that comes now. */
  #asking: Exchange | undefined
  #answer: Answer = PASSED
  #state: 'http' | 'foreign' | 'over' = 'http'

  constructor(peer: Socket, target: Socket, around: Surroundings) {
    this.#peer = peer
    this.#target = target
    this.#around = around
    const goOn = () => {
      if (!this.#toTarget.isFull && !this.#toPeer.isFull) peer.resume()
      if (!this.#toPeer.isFull) target.resume()
    }
    this.#toTarget = new Line(target, goOn)
    this.#toPeer = new Line(peer, goOn)
    this.#requests = new MessageReader('request', {
      head: bytes => this.#onRequest(bytes),
      body: bytes => this.#passRequest(bytes),
      end: () => this.#onAsked(),
      foreign: bytes => this.#onForeign(bytes, this.#toTarget),
    })
    this.#answers = new MessageReader('answer', {
      head: bytes => this.#onAnswer(bytes),
      body: (bytes, part) => this.#onAnswerBody(bytes, part),
      end: () => this.#onAnswered(),
      foreign: bytes => this.#onForeign(bytes, this.#toPeer),
    })
    peer.on('data', bytes => {
      if (this.#state !== 'over') this.#requests.feed(bytes)
      if (this.#toTarget.isFull || this.#toPeer.isFull) peer.pause()
    })
    peer.on('end', () => {
      this.#requests.finish()
      this.#toTarget.push('end')
    })
    target.on('data', bytes => {
      if (this.#state !== 'over') this.#answers.feed(bytes)
      if (this.#toPeer.isFull) target.pause()
    })
    target.on('end', () => {
      if (this.#state === 'over') return
      this.#answers.finish()
      this.#toPeer.push('end')
    })
  }

  #onRequest(bytes: Buffer): Framing | 'foreign' {
    const head = readRequestHead(bytes)
    if (head === undefined) {
      this.#onForeign(bytes, this.#toTarget)
      return 'foreign'
    }
    const manner = this.#around.mannerNow()
    if (isHttp(manner)) this.#around.count('asked')
    const struck = isHttp(manner) && isOneOf(manner.which, head) ? manner : undefined
    const isMade = struck?.kind === 'http-status'
    const exchange: Exchange = {
      method: head.method,
      manner: struck,
      made: isMade ? madeAnswer(struck.status, head) : undefined,
      isLast: head.isLast || head.awaitsWord,
      isAsked: head.awaitsWord, // its body may never come
    }
    this.#exchanges.push(exchange)
    this.#asking = exchange
    this.#passRequest(bytes)
    if (exchange.isAsked) this.#answerByUs()
    return head.framing
  }

  #passRequest(bytes: Buffer): void {
    if (this.#state !== 'over' && this.#asking?.made === undefined) this.#toTarget.push(bytes)
  }

  #onAsked(): void {
    if (this.#asking) this.#asking.isAsked = true
    this.#answerByUs()
  }

  /** Those whose turn it is: what was asked before them is answered. */
  #answerByUs(): void {
    for (let [first] = this.#exchanges; first?.made && first.isAsked; [first] = this.#exchanges) {
      if (this.#state !== 'http') return
      this.#exchanges.shift()
      this.#around.count('struck')
      this.#toPeer.push(first.made)
      if (first.isLast) this.#endWith('end')
    }
  }

  #onAnswer(bytes: Buffer): Framing | 'foreign' {
    const [exchange] = this.#exchanges
    const head = readAnswerHead(bytes, exchange?.method ?? 'GET')
    const isSwitch = head?.status === 101 || (exchange?.method === 'CONNECT' && head && head.status < 300)
    if (head === undefined || isSwitch) {
      this.#onForeign(bytes, this.#toPeer)
      return 'foreign'
    }
    this.#answer = head.status < 200 ? INTERIM : this.#answerTo(exchange, head.framing)
    this.#pass(bytes)
    if (this.#answer.leftBytes === 0) this.#cutOff()
    return head.framing
  }

  #answerTo(exchange: Exchange | undefined, framing: Framing): Answer {
    const manner = exchange?.manner
    if (manner === undefined || manner !== this.#around.mannerNow()) return PASSED
    if (manner.kind === 'http-delay') {
      this.#around.count('struck')
      return { ...PASSED, holdMs: manner.delayMs }
    }
    if (manner.kind !== 'http-cut-off' || framing.kind === 'none') return PASSED
    // One byte is missing at least.
    const leftBytes =
      framing.kind === 'length' ? Math.min(manner.keepBytes, framing.bytes - 1) : manner.keepBytes
    // Where the end of the connection is the body's, a mere end would hide that something is missing.
    return { ...PASSED, leftBytes, cutBy: framing.kind === 'until the connection ends' ? 'reset' : 'end' }
  }

  #onAnswerBody(bytes: Buffer, part: 'content' | 'frame' | 'last frame'): void {
    if (this.#state === 'over') return
    const { leftBytes } = this.#answer
    if (leftBytes === undefined || part === 'frame') {
      this.#pass(bytes)
      return
    }
    const kept = part === 'content' ? bytes.subarray(0, leftBytes) : bytes.subarray(0, 0)
    if (kept.length > 0) this.#pass(kept)
    this.#answer = { ...this.#answer, leftBytes: leftBytes - kept.length }
    if (part === 'last frame' || leftBytes === kept.length) this.#cutOff()
  }

  #onAnswered(): void {
    if (this.#state === 'over') return
    if (this.#answer.leftBytes !== undefined) {
      this.#cutOff() // only the end of the connection ended it
      return
    }
    if (!this.#answer.isInterim) this.#exchanges.shift()
    this.#answer = PASSED
    this.#answerByUs()
  }

  #pass(bytes: Buffer): void {
    this.#toPeer.push(bytes, this.#answer.holdMs)
  }

  #cutOff(): void {
    this.#around.count('struck')
    this.#endWith(this.#answer.cutBy)
  }

  /** No more is said; what the peer still sends is swallowed. */
  #endWith(how: 'end' | 'reset'): void {
    this.#state = 'over'
    this.#toPeer.push(how)
    this.#target.destroy()
    this.#peer.resume()
  }

  /** Both directions are passed on from here on: one that is not understood makes the other one meaningless. */
  #onForeign(bytes: Buffer, line: Line): void {
    if (this.#state === 'over') return
    if (this.#state === 'http') {
      this.#around.count('not-http')
      // An answer that we owe would have no place any more.
      if (this.#exchanges.some(({ made }) => made)) {
        this.#endWith('end')
        return
      }
    }
    this.#state = 'foreign'
    line.push(bytes)
    this.#requests.turnForeign()
    this.#answers.turnForeign()
  }
}

/** What becomes of the answer that the target gives now. */
interface Answer {
  readonly holdMs: number
  /** Of its body, before it is cut off. */
  readonly leftBytes: number | undefined
  readonly cutBy: 'end' | 'reset'
  /** Another one follows for the same request. */
  readonly isInterim: boolean
}

const PASSED: Answer = { holdMs: 0, leftBytes: undefined, cutBy: 'end', isInterim: false }
const INTERIM: Answer = { ...PASSED, isInterim: true }

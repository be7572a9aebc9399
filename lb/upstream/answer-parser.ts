import { type AnswerHead, readAnswerHead } from './answer-head.ts'
import { ChunkedReader } from './chunked-reader.ts'

const HEAD_END = Buffer.from('\r\n\r\n')
const BARE_END = Buffer.from('\n\n')
const MAX_HEAD = 65_536
/** More of these before an answer is nobody's honest work. */
const MAX_INFORMATION = 16

/** What an answer consists of, in its order. Bytes are lent for the call only. */
export interface AnswerEvents {
  onInformation(head: AnswerHead): void
  onHead(head: AnswerHead): void
  onBody(bytes: Buffer): void
  /** It is whole. */
  onAnswered(): void
}

type State =
  | { readonly kind: 'head' }
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'chunked'; readonly reader: ChunkedReader }
  | { readonly kind: 'until-close' }
  | { readonly kind: 'over' }

const HEAD: State = { kind: 'head' }
const OVER: State = { kind: 'over' }
const UNTIL_CLOSE: State = { kind: 'until-close' }

/** One answer to one request, from bytes as they come. Anything after it is an error: we do not pipeline. */
export class AnswerParser {
  readonly #method: string
  readonly #events: AnswerEvents
  #state: State = HEAD
  /** Of a head that came in pieces. */
  #pending: Buffer | undefined
  #informations = 0

  constructor(method: string, events: AnswerEvents) {
    this.#method = method
    this.#events = events
  }

  execute(bytes: Buffer): 'ok' | 'bad' {
    let at = 0
    while (at < bytes.length) {
      const end = this.#state.kind === 'head' ? this.#readHead(bytes, at) : this.#readBody(bytes, at)
      if (end < 0) return 'bad'
      at = end
    }
    return 'ok'
  }

  /** The connection has ended in good order. `true`: so has the answer. */
  finish(): boolean {
    if (this.#state.kind === 'until-close') this.#end()
    return this.#state.kind === 'over'
  }

  #readHead(bytes: Buffer, from: number): number {
    const pending = this.#pending
    const all = pending ? Buffer.concat([pending, bytes.subarray(from)]) : bytes
    const start = pending ? 0 : from
    const end = all.indexOf(HEAD_END, start)
    if (end < 0) {
      // Nothing will ever end a head whose lines end otherwise.
      if (all.length - start > MAX_HEAD || all.includes(BARE_END, start)) return -1
      this.#pending = pending ? all : Buffer.from(bytes.subarray(from))
      return bytes.length
    }
    if (end - start > MAX_HEAD) return -1
    const head = readAnswerHead(all, start, end + 2, this.#method)
    if (!head) return -1
    this.#pending = undefined
    if (!this.#onHead(head)) return -1
    return end + 4 - (pending ? pending.length - from : 0)
  }

  #onHead(head: AnswerHead): boolean {
    if (head.status === 101) return false // nobody asked for it
    if (head.status < 200) {
      this.#informations += 1
      this.#events.onInformation(head)
      return this.#informations <= MAX_INFORMATION
    }
    const { framing } = head
    this.#events.onHead(head)
    if (framing.kind === 'chunked') this.#state = { kind: 'chunked', reader: new ChunkedReader() }
    else if (framing.kind === 'until-close') this.#state = UNTIL_CLOSE
    else if (framing.kind === 'length' && framing.bytes > 0)
      this.#state = { kind: 'length', left: framing.bytes }
    else this.#end()
    return true
  }

  #readBody(bytes: Buffer, from: number): number {
    const state = this.#state
    switch (state.kind) {
      case 'length': {
        const end = Math.min(from + state.left, bytes.length)
        state.left -= end - from
        this.#events.onBody(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end))
        if (state.left === 0) this.#end()
        return end
      }
      case 'chunked': {
        const end = state.reader.read(bytes, from, data => this.#events.onBody(data))
        if (state.reader.state === 'bad') return -1
        if (state.reader.state === 'done') this.#end()
        return end
      }
      case 'until-close':
        this.#events.onBody(bytes.subarray(from))
        return bytes.length
      default:
        return -1
    }
  }

  #end(): void {
    this.#state = OVER
    this.#events.onAnswered()
  }
}

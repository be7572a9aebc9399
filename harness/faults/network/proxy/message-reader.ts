import type { Framing } from './head.ts'

/** Who hears of the parts of messages. All bytes that come are handed on, once and in their order. */
export interface Listener {
  /** A whole head, with the empty line; says how its body ends, or that it is none that we understand. */
  head(bytes: Buffer): Framing | 'foreign'
  /** Of a body: what it holds, or what frames its chunks. After the `last frame` it holds no more. */
  body(bytes: Buffer, part: 'content' | 'frame' | 'last frame'): void
  /** The message is complete. */
  end(): void
  /** It is not HTTP/1, or not any more: from here on all comes so. */
  foreign(bytes: Buffer): void
}

type State =
  | { readonly kind: 'head' }
  | { readonly kind: 'content'; readonly left: number; readonly isChunk: boolean }
  | { readonly kind: 'chunk size' | 'chunk end' | 'trailer' }
  | { readonly kind: 'until the connection ends' | 'foreign' }

const MOST_HEAD_BYTES = 256 * 1024
const MOST_LINE_BYTES = 16 * 1024
const FIRST_LINES = {
  request: { whole: /^[A-Z-]+ [^ \r\n\0]+ HTTP\/1\.[01]\r$/, begun: /^[A-Z][A-Z-]*( [^\r\n\0]*)?\r?$/ },
  answer: {
    whole: /^HTTP\/1\.[01] \d{3}( [^\n\0]*)?\r$/,
    begun: /^(H|HT|HTT|HTTP|HTTP\/|HTTP\/1|HTTP\/1\.|HTTP\/1\.[01]( [^\n\0]*)?)$/,
  },
}
const EMPTY = Buffer.alloc(0)

/**
 * Finds where the messages of one direction begin and end (RFC 9112), whatever pieces the bytes come in. What does
 * not look like one is passed on as `foreign`, at once: another protocol may be waiting for it.
 */
export class MessageReader {
  readonly #firstLine: { whole: RegExp; begun: RegExp }
  readonly #listener: Listener
  #state: State = { kind: 'head' }
  #kept: Buffer = EMPTY

  constructor(of: keyof typeof FIRST_LINES, listener: Listener) {
    this.#firstLine = FIRST_LINES[of]
    this.#listener = listener
  }

  feed(bytes: Buffer): void {
    let rest = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes])
    this.#kept = EMPTY
    while (rest.length > 0) {
      const taken = this.#take(rest)
      if (taken === 0 && this.#state.kind !== 'foreign') break
      rest = rest.subarray(taken)
    }
    this.#kept = rest
  }

  /** What is sent on this connection has ended. */
  finish(): void {
    if (this.#state.kind === 'until the connection ends') this.#listener.end()
    this.turnForeign()
  }

  turnForeign(): void {
    this.#state = { kind: 'foreign' }
    const kept = this.#kept
    this.#kept = EMPTY
    if (kept.length > 0) this.#listener.foreign(kept)
  }

  /** Returns how many bytes of it are done with; 0: more are needed. */
  #take(bytes: Buffer): number {
    const state = this.#state
    switch (state.kind) {
      case 'head':
        return this.#takeHead(bytes)
      case 'content':
        return this.#takeContent(bytes, state)
      case 'chunk size':
        return this.#takeLine(bytes, line => this.#chunkOf(line))
      case 'chunk end':
        return this.#takeLine(bytes, line =>
          line === '' ? { part: 'frame', next: { kind: 'chunk size' } } : undefined,
        )
      case 'trailer':
        return this.#takeLine(bytes, line => ({ part: 'last frame', next: line === '' ? 'end' : state }))
      case 'until the connection ends':
        this.#listener.body(bytes, 'content')
        return bytes.length
      case 'foreign':
        this.#listener.foreign(bytes)
        return bytes.length
    }
  }

  #takeHead(bytes: Buffer): number {
    const from = emptyLinesOf(bytes)
    const lineEnd = bytes.indexOf('\n', from)
    const first = bytes.toString('latin1', from, lineEnd < 0 ? bytes.length : lineEnd)
    const { whole, begun } = this.#firstLine
    const looksRight = lineEnd < 0 ? /^\r?$/.test(first) || begun.test(first) : whole.test(first)
    const end = bytes.indexOf('\r\n\r\n', from)
    const head = end < 0 ? bytes : bytes.subarray(0, end + 4)
    if (!looksRight || head.length > MOST_HEAD_BYTES || head.includes('\n\n')) return this.#giveUp()
    if (end < 0) return 0
    const framing = this.#listener.head(head)
    if (framing === 'foreign' || this.#state.kind === 'foreign') this.#state = { kind: 'foreign' }
    else this.#begin(framing)
    return head.length
  }

  #begin(framing: Framing): void {
    switch (framing.kind) {
      case 'none':
        this.#end()
        return
      case 'length':
        this.#state = { kind: 'content', left: framing.bytes, isChunk: false }
        return
      case 'chunked':
        this.#state = { kind: 'chunk size' }
        return
      case 'until the connection ends':
        this.#state = framing
    }
  }

  #end(): void {
    this.#state = { kind: 'head' }
    this.#listener.end()
  }

  #takeContent(bytes: Buffer, { left, isChunk }: Extract<State, { kind: 'content' }>): number {
    const piece = bytes.subarray(0, left)
    this.#listener.body(piece, 'content')
    if (this.#state.kind === 'foreign') return piece.length
    if (piece.length < left) this.#state = { kind: 'content', left: left - piece.length, isChunk }
    else if (isChunk) this.#state = { kind: 'chunk end' }
    else this.#end()
    return piece.length
  }

  /** A line of a chunked body; `undefined` from `read`: it cannot be one. */
  #takeLine(bytes: Buffer, read: (line: string) => Step | undefined): number {
    const lineEnd = bytes.indexOf('\n')
    if (lineEnd < 0) return bytes.length > MOST_LINE_BYTES ? this.#giveUp() : 0
    const step = read(bytes.toString('latin1', 0, lineEnd).replace(/\r$/, ''))
    if (step === undefined) return this.#giveUp()
    this.#listener.body(bytes.subarray(0, lineEnd + 1), step.part)
    if (step.next === 'end') this.#end()
    else this.#state = step.next
    return lineEnd + 1
  }

  #chunkOf(line: string): Step | undefined {
    const size = /^([0-9a-f]{1,12})[ \t]*(;.*)?$/i.exec(line)?.[1]
    if (size === undefined) return undefined
    const left = Number.parseInt(size, 16)
    if (left === 0) return { part: 'last frame', next: { kind: 'trailer' } }
    return { part: 'frame', next: { kind: 'content', left, isChunk: true } }
  }

  /** Nothing is taken, and all of it comes again as foreign. */
  #giveUp(): 0 {
    this.#state = { kind: 'foreign' }
    return 0
  }
}

interface Step {
  readonly part: 'frame' | 'last frame'
  readonly next: State | 'end'
}

/** How many bytes of empty lines there are before it: some send one after a body. */
function emptyLinesOf(bytes: Buffer): number {
  let from = 0
  while (bytes[from] === 0x0d && bytes[from + 1] === 0x0a) from += 2
  return from
}

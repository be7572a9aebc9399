import type { Socket } from 'node:net'
import type { BodySource } from '../body-replay.ts'
import type { ClientAnswer, Exchange, RequestHead } from '../exchange.ts'
import { headerLines } from '../headers.ts'

/** What the exchange needs of the connection that it is on. */
export interface ExchangeConnection {
  readonly socket: Socket
  readonly body: BodySource
  readonly isRequestWhole: boolean
  readonly keepaliveS: number
  /** The exchange is over. `closed`: so is the connection. */
  done(connection: 'kept' | 'closed'): void
}

/** Up to this, text is cheaper to write than bytes are. */
const MAX_TEXT = 16_384

/** An exchange that was read by us, and is written by us: its answer leaves in one piece wherever it came in one. */
export class PlainExchange implements Exchange {
  readonly head: RequestHead
  readonly expects = 'nothing'
  readonly socket: Socket
  readonly client: string
  readonly #connection: ExchangeConnection
  #after: 'kept' | 'closed'
  #framing: ClientAnswer['body'] = 'none'
  #state: Exchange['state'] = 'open'
  #status = 0
  /** What leaves next: text, and before it pieces that are too long to be. */
  #text = ''
  #pieces: (string | Buffer)[] | undefined
  #onClosed: (() => void)[] = []
  #onWritable: () => void = () => undefined

  constructor(connection: ExchangeConnection, head: RequestHead, client: string, after: 'kept' | 'closed') {
    this.#connection = connection
    this.head = head
    this.socket = connection.socket
    this.client = client
    this.#after = after
  }

  get body(): BodySource {
    return this.#connection.body
  }

  get state(): Exchange['state'] {
    return this.#state
  }

  get status(): number {
    return this.#status
  }

  get isRequestWhole(): boolean {
    return this.#connection.isRequestWhole
  }

  onClosed(act: () => void): void {
    if (this.#state === 'whole' || this.#state === 'gone') act()
    else this.#onClosed.push(act)
  }

  onWritable(act: () => void): void {
    this.#onWritable = act
  }

  /** Who expects it is not plain. */
  sayContinue(): void {
    return
  }

  sayEarlyHints(links: readonly string[]): void {
    if (this.#state !== 'open') return
    const lines = headerLines(links.flatMap(link => ['Link', link]))
    this.socket.write(`HTTP/1.1 103 Early Hints\r\n${lines}\r\n`, 'latin1')
  }

  start({ status, phrase, headers, body, connection }: ClientAnswer): void {
    this.#state = 'answering'
    this.#status = status
    this.#framing = body
    if (connection === 'closed') this.#after = 'closed'
    const framing = body === 'unknown length' ? 'Transfer-Encoding: chunked\r\n' : ''
    const kept = `Connection: keep-alive\r\nKeep-Alive: timeout=${this.#connection.keepaliveS}\r\n`
    const after = this.#after === 'closed' ? 'Connection: close\r\n' : kept
    this.#text += `HTTP/1.1 ${status} ${phrase}\r\n${headerLines(headers)}${framing}${after}\r\n`
  }

  write(bytes: Buffer): void {
    if (bytes.length === 0) return // it would be the last chunk
    const isChunk = this.#framing === 'unknown length'
    if (isChunk) this.#text += `${bytes.length.toString(16)}\r\n`
    if (bytes.length > MAX_TEXT) this.#addBytes(bytes)
    else this.#text += bytes.toString('latin1')
    if (isChunk) this.#text += '\r\n'
  }

  flush(): boolean {
    this.#send()
    return !this.socket.writableNeedDrain
  }

  end(): void {
    if (this.#state !== 'answering') return
    if (this.#framing === 'unknown length') this.#text += '0\r\n\r\n'
    this.#send()
    this.#close('whole')
    this.#connection.done(this.#after)
  }

  cut(): void {
    this.#close('gone')
    this.socket.destroy()
  }

  /** The client has left. */
  leave(): void {
    this.#close('gone')
  }

  writable(): void {
    this.#onWritable()
  }

  #addBytes(bytes: Buffer): void {
    this.#pieces ??= []
    this.#pieces.push(this.#text, Buffer.from(bytes))
    this.#text = ''
  }

  #send(): void {
    const text = this.#text
    const pieces = this.#pieces
    this.#text = ''
    if (!pieces) {
      this.#put(text)
      return
    }
    this.#pieces = undefined
    this.socket.cork()
    for (const piece of pieces) this.#put(piece)
    this.#put(text)
    this.socket.uncork()
  }

  #put(piece: string | Buffer): void {
    if (piece.length === 0) return
    if (typeof piece === 'string') this.socket.write(piece, 'latin1')
    else this.socket.write(piece)
  }

  #close(state: 'whole' | 'gone'): void {
    if (this.#state === 'whole' || this.#state === 'gone') return
    this.#state = state
    const acts = this.#onClosed
    this.#onClosed = []
    for (const act of acts) act()
  }
}

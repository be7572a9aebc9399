import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { BodySource } from './body-replay.ts'
import type { ClientAnswer, Exchange } from './exchange.ts'

/** Node puts a text behind its head in one string, and so in one cheap system call; bytes take a dearer one. */
const MAX_TEXT = 16_384

/** An exchange that Node's own HTTP server has read, and writes. */
export class NodeExchange implements Exchange {
  readonly head: IncomingMessage & { readonly method: string; readonly url: string }
  readonly expects: 'nothing' | '100-continue'
  readonly socket: Socket
  readonly client: string
  readonly body: BodySource
  readonly #response: ServerResponse
  #status = 0
  #pending: Buffer | string | undefined
  #cut = false

  constructor(request: IncomingMessage, response: ServerResponse, expects: 'nothing' | '100-continue') {
    this.head = request as NodeExchange['head']
    this.expects = expects
    this.socket = request.socket
    this.client = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
    this.#response = response
    this.body = {
      onData: take => void request.pause().on('data', take),
      onEnd: take => void request.on('end', take),
      pause: () => void request.pause(),
      resume: () => void request.resume(),
    }
  }

  get state(): 'open' | 'answering' | 'whole' | 'gone' {
    if (this.#cut) return 'gone'
    if (this.#response.writableFinished) return 'whole'
    if (this.#response.destroyed) return 'gone'
    return this.#status > 0 ? 'answering' : 'open'
  }

  get status(): number {
    return this.#status
  }

  get isRequestWhole(): boolean {
    return this.head.complete
  }

  onClosed(act: () => void): void {
    if (this.#response.closed) act()
    else this.#response.once('close', act)
  }

  onWritable(act: () => void): void {
    this.#response.on('drain', act)
  }

  sayContinue(): void {
    this.#response.writeContinue()
  }

  sayEarlyHints(links: readonly string[]): void {
    try {
      this.#response.writeEarlyHints({ link: [...links] })
    } catch {
      return // Node takes fewer forms of Link than servers send (two in one header, say); a hint may be lost
    }
  }

  start({ status, phrase, headers, connection }: ClientAnswer): void {
    this.#status = status
    const raw = connection === 'closed' ? [...headers, 'Connection', 'close'] : [...headers]
    this.#response.writeHead(status, phrase, raw)
  }

  write(bytes: Buffer): void {
    if (this.#pending) this.#response.write(this.#pending, 'latin1')
    this.#pending = bytes.length > MAX_TEXT ? Buffer.from(bytes) : bytes.toString('latin1')
  }

  flush(): boolean {
    if (this.#pending) this.#response.write(this.#pending, 'latin1')
    else this.#response.flushHeaders()
    this.#pending = undefined
    return !this.#response.writableNeedDrain
  }

  end(): void {
    this.#response.end(this.#pending, 'latin1')
    this.#pending = undefined
  }

  cut(): void {
    this.#cut = true
    // Where the connection's end is the answer's end, only a reset tells them apart.
    if (this.head.httpVersion === '1.0') this.socket.resetAndDestroy()
    else this.socket.destroy()
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TracedExchange } from '../../stats/request-trace.ts'

/** A request that http-proxy answers, as the statistics see it. */
export class ProxiedExchange implements TracedExchange {
  readonly head: TracedExchange['head']
  readonly socket: Socket
  readonly client: string
  readonly #response: ServerResponse
  #cut = false

  constructor(request: IncomingMessage, response: ServerResponse) {
    // Read now: http-proxy is given other headers than the client sent.
    const { method = '', url = '', httpVersion, rawHeaders } = request
    this.head = { method, url, httpVersion, rawHeaders }
    this.socket = request.socket
    this.client = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
    this.#response = response
  }

  get status(): number {
    return this.#response.headersSent ? this.#response.statusCode : 0
  }

  get state(): 'open' | 'answering' | 'whole' | 'gone' {
    if (this.#cut) return 'gone'
    if (this.#response.writableFinished) return 'whole'
    if (this.#response.destroyed) return 'gone'
    return this.#response.headersSent ? 'answering' : 'open'
  }

  onClosed(act: () => void): void {
    if (this.#response.closed) act()
    else this.#response.once('close', act)
  }

  /** So that it can never look whole. */
  cut(): void {
    this.#cut = true
    if (this.head.httpVersion === '1.0') this.socket.resetAndDestroy()
    else this.#response.destroy()
  }
}

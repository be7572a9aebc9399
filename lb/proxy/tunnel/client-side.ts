import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TracedExchange } from '../../stats/request-trace.ts'
import { clientHeaders, headerLines } from '../headers.ts'
import type { RequestId } from '../origin/request-id.ts'

/** A client that asked for a WebSocket: its connection, which Node's server has let go of. */
export class ClientSide implements TracedExchange {
  readonly head: TracedExchange['head']
  readonly socket: Socket
  readonly client: string
  readonly #id: RequestId | undefined
  #status = 0
  #ending: 'open' | 'whole' = 'open'

  constructor(request: IncomingMessage, id: RequestId | undefined) {
    this.#id = id
    this.head = request as TracedExchange['head']
    this.socket = request.socket
    this.client = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
  }

  get status(): number {
    return this.#status
  }

  get state(): 'open' | 'answering' | 'whole' | 'gone' {
    if (this.#ending === 'whole') return 'whole'
    if (this.socket.destroyed) return 'gone'
    return this.#status > 0 ? 'answering' : 'open'
  }

  onClosed(act: () => void): void {
    if (this.socket.closed) act()
    else this.socket.once('close', act)
  }

  /** A head, written by hand: no `ServerResponse` belongs to this connection any more. */
  start(status: number, phrase: string, rawHeaders: readonly string[], more: readonly string[]): void {
    this.#status = status
    const headers = [...clientHeaders(rawHeaders, status, this.#id), ...more]
    this.socket.write(`HTTP/1.1 ${status} ${phrase}\r\n${headerLines(headers)}\r\n`, 'latin1')
  }

  /** An answer of the balancer's own, as it goes out. */
  endWith(status: number, text: string): void {
    this.#status = status
    this.#ending = 'whole'
    this.socket.end(text, 'latin1')
  }

  /** All was said that was to be said. */
  wentWell(): void {
    this.#ending = 'whole'
  }
}

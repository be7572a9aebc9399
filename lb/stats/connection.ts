import type { Socket } from 'node:net'

/** What a client's connection has carried so far. A pipelined request counts with the one before it. */
export class Connection {
  readonly acceptedMs: number
  requests = 0
  readonly #socket: Socket
  #countedIn = 0
  #countedOut = 0

  constructor(socket: Socket, nowMs: number) {
    this.#socket = socket
    this.acceptedMs = nowMs
  }

  /** Bytes that nobody has counted yet. */
  takeIn(): number {
    const bytes = this.#socket.bytesRead - this.#countedIn
    this.#countedIn += bytes
    return bytes
  }

  takeOut(): number {
    const bytes = this.#socket.bytesWritten - this.#countedOut
    this.#countedOut += bytes
    return bytes
  }
}

import net from 'node:net'
import { onTestFinished } from 'vitest'

/** A client that speaks bytes, so that it can say what no library would. */
export class RawClient {
  readonly socket: net.Socket
  received = ''
  closed = false
  readonly #waiting = new Set<() => void>()

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.received += text
      this.#wake()
    })
    // A reset is one of the ways to be closed; the tests look at what arrived before it.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.closed = true
      this.#wake()
    })
  }

  static connect(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1' })
      onTestFinished(() => {
        socket.destroy()
      })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new RawClient(socket))
      })
    })
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** Resolves with all that was received, once it contains `part`; rejects if the end comes first. */
  until(part: string): Promise<string> {
    return this.#when(
      () => this.received.includes(part),
      () => this.closed,
    )
  }

  untilClosed(): Promise<string> {
    return this.#when(
      () => this.closed,
      () => false,
    )
  }

  #when(met: () => boolean, hopeless: () => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!met() && !hopeless()) return
        this.#waiting.delete(look)
        if (met()) resolve(this.received)
        else reject(new Error(`closed after: ${this.received}`))
      }
      this.#waiting.add(look)
      look()
    })
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }
}

/** Sends one message and resolves with all that comes until the server closes. */
export async function exchange(port: number, text: string): Promise<string> {
  return (await RawClient.connect(port)).send(text).untilClosed()
}

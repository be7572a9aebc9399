import { connect, type Socket } from 'node:net'
import { type AnswerEvents, AnswerParser } from './answer-parser.ts'
import { causeOf, type FailureCause } from './failure.ts'

/** Who has a request on this connection. */
export interface ConnectionUser extends AnswerEvents {
  readonly method: string
  onConnected(): void
  /** All that came in one read has been handed out. */
  onRead(): void
  onWritable(): void
  onLost(cause: FailureCause): void
}

export interface ConnectionOwner {
  /** Every connection's reads land here, one after the other. */
  readonly buffer: Buffer
  onClosed(connection: UpstreamConnection): void
}

/**
 * One connection to a server, and one request at a time on it. Bare sockets: `http.request` costs three times as much.
 *
 *     connecting ──> idle <──release── in use ──> closed
 */
export class UpstreamConnection {
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  #user: ConnectionUser | undefined
  #parser: AnswerParser | undefined
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  /** Why it is about to close, if a system call told. */
  #cause: FailureCause = 'closed'
  /** Since when nobody uses it. */
  idleSinceMs = 0

  constructor(address: string, port: number, owner: ConnectionOwner) {
    this.#owner = owner
    this.#socket = connect({
      host: address,
      port,
      noDelay: true,
      onread: {
        buffer: owner.buffer,
        callback: (length, buffer) => {
          this.#onBytes(
            buffer.length === length ? (buffer as Buffer) : (buffer as Buffer).subarray(0, length),
          )
          return true
        },
      },
    })
    this.#socket.on('connect', () => {
      this.#state = 'open'
      this.#user?.onConnected()
    })
    this.#socket.on('drain', () => this.#user?.onWritable())
    this.#socket.on('error', error => {
      this.#cause = causeOf(error)
    })
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('close', () => this.#onClose())
  }

  get state(): 'connecting' | 'open' | 'closed' {
    return this.#state
  }

  /** The next answer is this one's. */
  use(user: ConnectionUser): void {
    this.#user = user
    this.#parser = new AnswerParser(user.method, user)
  }

  /** Nobody's again; it must be open, its last answer whole. */
  release(): void {
    this.#user = undefined
    this.#parser = undefined
  }

  write(bytes: string | Buffer): boolean {
    return typeof bytes === 'string' ? this.#socket.write(bytes, 'latin1') : this.#socket.write(bytes)
  }

  /** What is written by `work` leaves in as few packets as may be. */
  together(work: () => void): void {
    this.#socket.cork()
    work()
    this.#socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** All that was written has left us. */
  get isFlushed(): boolean {
    return this.#socket.writableLength === 0
  }

  get isPaused(): boolean {
    return this.#socket.isPaused()
  }

  /** Bytes that the kernel has taken from us or given to us: whether anything moves. */
  get bytesMoved(): number {
    return this.#socket.bytesRead + this.#socket.bytesWritten
  }

  /** Without a word to its user. */
  destroy(): void {
    this.#user = undefined
    this.#parser = undefined
    this.#socket.destroy()
    this.#onClose()
  }

  #onBytes(bytes: Buffer): void {
    const user = this.#user
    if (!user || !this.#parser) {
      this.destroy() // it speaks without having been asked: what it says would be taken for the next answer
      return
    }
    if (this.#parser.execute(bytes) === 'ok') user.onRead()
    else this.#lose('bad-answer')
  }

  #onEnd(): void {
    const user = this.#user
    if (!user) {
      this.destroy() // its `close` comes a turn of the loop later, when a request may have been put on it
      return
    }
    if (this.#parser?.finish()) user.onRead()
  }

  #onClose(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#owner.onClosed(this)
    this.#lose(this.#cause)
  }

  #lose(cause: FailureCause): void {
    const user = this.#user
    this.destroy()
    user?.onLost(cause)
  }
}

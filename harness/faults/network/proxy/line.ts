import type { Socket } from 'node:net'

/** What goes over a line: bytes, the end of what is sent, or a reset in its place. */
export type Freight = Buffer | 'end' | 'reset'

const MOST_WAITING_BYTES = 1024 * 1024

/** Bytes on their way to a socket, each held back for a time, none overtaking another. */
export class Line {
  readonly #to: Socket
  readonly #onSpace: () => void
  readonly #waiting: { dueMs: number; freight: Freight }[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #lastDueMs = 0

  /** `onSpace`: there is room again; it may be told so though there was. */
  constructor(to: Socket, onSpace: () => void) {
    this.#to = to
    this.#onSpace = onSpace
    to.on('drain', onSpace)
  }

  get isFull(): boolean {
    if (this.#to.destroyed) return false
    return this.#waitingBytes > MOST_WAITING_BYTES || this.#to.writableLength > MOST_WAITING_BYTES
  }

  push(freight: Freight, holdMs = 0): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + holdMs)
    this.#waiting.push({ dueMs: this.#lastDueMs, freight })
    this.#waitingBytes += sizeOf(freight)
    if (this.#timer === undefined) this.#deliver()
  }

  #deliver(): void {
    this.#timer = undefined
    for (let [first] = this.#waiting; first; [first] = this.#waiting) {
      const waitMs = first.dueMs - performance.now()
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#deliver(), waitMs)
        return
      }
      this.#waiting.shift()
      this.#waitingBytes -= sizeOf(first.freight)
      if (this.#to.destroyed) continue
      if (first.freight === 'end') this.#to.end()
      else if (first.freight === 'reset') this.#to.resetAndDestroy()
      else this.#to.write(first.freight)
      if (!this.isFull) this.#onSpace()
    }
  }
}

function sizeOf(freight: Freight): number {
  return typeof freight === 'string' ? 0 : freight.length
}

import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'

/**
 * A request's body on its way to one server after another. What was taken from the client is kept until it is more
 * than `limit` bytes; until then it can be sent again.
 */
export class BodyReplay {
  readonly #source: IncomingMessage
  readonly #limit: number
  #kept: Buffer[] = []
  #taken = 0
  #ended = false
  #sink: Writable | undefined
  readonly #onDrain = () => this.#source.resume()

  constructor(source: IncomingMessage, limit: number) {
    this.#source = source
    this.#limit = limit
    source.pause()
    source.on('data', (chunk: Buffer) => this.#onData(chunk))
    source.on('end', () => {
      this.#ended = true
      this.#sink?.end()
    })
  }

  /** Everything that was taken from the client is still here. */
  get replayable(): boolean {
    return this.#taken <= this.#limit
  }

  /** Sends what is kept, then whatever comes. */
  attach(sink: Writable): void {
    this.#sink = sink
    sink.on('drain', this.#onDrain)
    let ready = true
    for (const chunk of this.#kept) ready = sink.write(chunk)
    if (this.#ended) sink.end()
    else if (ready) this.#source.resume()
  }

  detach(): void {
    this.#sink?.off('drain', this.#onDrain)
    this.#sink = undefined
    if (!this.#ended) this.#source.pause()
  }

  /** Nobody wants the rest: read it off the connection, so that the next request on it can be seen. */
  discard(): void {
    this.detach()
    this.#kept = []
    this.#source.resume()
  }

  #onData(chunk: Buffer): void {
    this.#taken += chunk.length
    if (this.replayable) this.#kept.push(chunk)
    else this.#kept = []
    if (this.#sink && !this.#sink.write(chunk)) this.#source.pause()
  }
}

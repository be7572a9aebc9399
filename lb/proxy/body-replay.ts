import type { BodySink } from '../upstream/body-writer.ts'

/** A request's body as it comes from the client; paused until it is asked for. */
export interface BodySource {
  onData(take: (bytes: Buffer) => void): void
  onEnd(take: () => void): void
  pause(): void
  resume(): void
}

/**
 * A request's body on its way to one server after another. What was taken from the client is kept until it is more
 * than `limit` bytes; until then it can be sent again.
 */
export class BodyReplay {
  readonly #source: BodySource
  readonly #limit: number
  #kept: Buffer[] = []
  #taken = 0
  #state: 'open' | 'ended' | 'discarded' = 'open'
  #sink: BodySink | undefined

  constructor(source: BodySource, limit: number) {
    this.#source = source
    this.#limit = limit
    source.onData(bytes => this.#onData(bytes))
    source.onEnd(() => {
      if (this.#state === 'open') this.#state = 'ended'
      this.#sink?.end()
    })
  }

  /** Everything that was taken from the client is still here. */
  get replayable(): boolean {
    return this.#taken <= this.#limit
  }

  /** Sends what is kept, then whatever comes. */
  attach(sink: BodySink): void {
    this.#sink = sink
    let ready = true
    for (const bytes of this.#kept) ready = sink.write(bytes)
    if (this.#state === 'ended') sink.end()
    else if (ready) this.#source.resume()
  }

  /** The sink takes more again. */
  resume(): void {
    if (this.#state === 'open') this.#source.resume()
  }

  detach(): void {
    this.#sink = undefined
    if (this.#state === 'open') this.#source.pause()
  }

  /** Nobody wants the rest: read it off the connection, so that the next request on it can be seen. */
  discard(): void {
    this.detach()
    this.#kept = []
    if (this.#state !== 'open') return
    this.#state = 'discarded'
    this.#source.resume()
  }

  #onData(bytes: Buffer): void {
    if (this.#state === 'discarded') return
    this.#taken += bytes.length
    if (this.replayable) this.#kept.push(bytes)
    else this.#kept = []
    if (this.#sink && !this.#sink.write(bytes)) this.#source.pause()
  }
}

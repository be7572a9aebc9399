import type { ClientRequest, IncomingMessage } from 'node:http'

/** How a body's end is told: http-proxy gets this wrong for DELETE and OPTIONS, so it is set here. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }

export interface BodyLimits {
  /** Up to here a body is kept, so that the request can be made again. */
  readonly keepBytes: number
  readonly maxBytes: number
}

export type BodyProgress = 'unread' | 'reading' | 'complete' | 'too-large'

export class BodyTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE'
}

function framingOf(req: IncomingMessage): Framing {
  if (req.headers['transfer-encoding'] !== undefined) return { kind: 'chunked' }
  const length = req.headers['content-length']
  return length === undefined ? { kind: 'none' } : { kind: 'length', bytes: Number(length) }
}

/**
 * A request's body on its way to one app after another: streamed, and as far as it fits also kept.
 *
 *     client ──> [kept, up to keepBytes] ──> attempt 1 (failed)
 *           └──────────────────────────────> attempt 2: first what was kept, then the rest
 */
export class RequestBody {
  readonly framing: Framing
  readonly #req: IncomingMessage
  readonly #limits: BodyLimits
  #kept: Buffer[] = []
  #readBytes = 0
  #progress: BodyProgress = 'unread'

  constructor(req: IncomingMessage, limits: BodyLimits) {
    this.#req = req
    this.#limits = limits
    this.framing = framingOf(req)
    if (this.framing.kind === 'none' || (this.framing.kind === 'length' && this.framing.bytes === 0)) {
      this.#progress = 'complete'
    }
  }

  get progress(): BodyProgress {
    return this.#progress
  }

  /** Whether all that was read is still at hand. */
  get replayable(): boolean {
    return this.#readBytes <= this.#limits.keepBytes
  }

  /** Tells `sink` how the body ends; before anything is sent. */
  frame(sink: ClientRequest): void {
    sink.removeHeader('content-length')
    sink.removeHeader('transfer-encoding')
    if (this.framing.kind === 'length') sink.setHeader('content-length', this.framing.bytes)
    if (this.framing.kind === 'chunked') sink.setHeader('transfer-encoding', 'chunked')
  }

  /** Sends the body to `sink`, at the sink's pace. The function returned stops it. */
  feed(sink: ClientRequest): () => void {
    for (const chunk of this.#kept) sink.write(chunk)
    if (this.#progress === 'complete') {
      sink.end()
      return () => undefined
    }
    this.#progress = 'reading'
    const req = this.#req
    const onData = (chunk: Buffer) => {
      this.#keep(chunk)
      if (this.#readBytes > this.#limits.maxBytes) {
        this.#progress = 'too-large'
        stop()
        sink.destroy(new BodyTooLarge(`body over ${this.#limits.maxBytes} bytes`))
      } else if (!sink.write(chunk)) req.pause()
    }
    const onEnd = () => {
      this.#progress = 'complete'
      stop()
      sink.end()
    }
    const onDrain = () => req.resume()
    const stop = () => {
      req.off('data', onData).off('end', onEnd)
      sink.off('drain', onDrain)
      req.pause()
    }
    req.on('data', onData).on('end', onEnd)
    sink.on('drain', onDrain)
    // With no byte of the body here yet, the app may have an answer to the head alone.
    if (this.#kept.length === 0 && req.readableLength === 0) sink.flushHeaders()
    req.resume()
    return stop
  }

  /**
   * Reads on what nobody wants any more, so that the client, who may be deaf until it has sent it all,
   * hears the answer and can use the connection again. Past the limit the connection is cut.
   */
  discardRest(): void {
    if (this.#progress === 'complete') return
    const req = this.#req
    req.on('data', (chunk: Buffer) => {
      this.#readBytes += chunk.length
      if (this.#readBytes > 2 * this.#limits.maxBytes) req.destroy()
    })
    req.resume()
  }

  #keep(chunk: Buffer): void {
    this.#readBytes += chunk.length
    if (this.replayable) this.#kept.push(chunk)
    else this.#kept = []
  }
}

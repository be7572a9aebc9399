import type { Writable } from 'node:stream'

const FLUSH_BYTES = 16_384
const FLUSH_MS = 100
/** What may lie here and in the stream: a reader that is further behind has stopped reading. */
const MAX_PENDING_BYTES = 1_048_576

/**
 * Lines to a stream that may be slower than they come: gathered, so that not each is a system call, and dropped,
 * so that a full disk or a log reader that hangs costs lines and not the traffic. How many were dropped is counted.
 */
export class BoundedWriter {
  readonly #stream: Writable
  #gathered = ''
  #timer: NodeJS.Timeout | undefined
  #dropped = 0
  #state: 'open' | 'broken' = 'open'

  constructor(stream: Writable, onFailure: (error: Error) => void) {
    this.#stream = stream
    stream.on('error', error => {
      this.#state = 'broken'
      onFailure(error)
    })
  }

  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    const pending = this.#gathered.length + this.#stream.writableLength
    if (this.#state === 'broken' || pending + line.length > MAX_PENDING_BYTES) {
      this.#dropped += 1
      return
    }
    this.#gathered += line
    if (this.#gathered.length >= FLUSH_BYTES) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS)
  }

  /** What is gathered goes out now. Resolves when the stream has taken all, or after the limit. */
  async flushed(limitMs: number): Promise<void> {
    this.#flush()
    if (this.#state === 'broken' || this.#stream.writableLength === 0) return
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>(resolve => {
      timer = setTimeout(resolve, limitMs)
    })
    await Promise.race([new Promise<void>(resolve => this.#stream.write('', () => resolve())), limit])
    clearTimeout(timer)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#gathered === '' || this.#state === 'broken') return
    this.#stream.write(this.#gathered)
    this.#gathered = ''
  }
}

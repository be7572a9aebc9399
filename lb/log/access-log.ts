import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import type { Config } from '../config/schema.ts'
import type { EndedRequest } from '../stats/ended-request.ts'
import { accessLine } from './access-line.ts'
import { BoundedWriter } from './bounded-writer.ts'

type AccessConfig = Config['log']['access']

const CLOSE_MS = 500

export interface AccessLogSettings {
  readonly stdout: Writable
  /** 0 ≤ n < 1. */
  readonly random: () => number
  /** From then on all lines are dropped, until the next reload. */
  readonly onFailure: (to: string, error: Error) => void
}

/** Where lines go, for as long as one configuration holds. */
interface Destination {
  readonly writer: BoundedWriter
  readonly sample: number
  /** What is to be closed when it is left; standard output stays open. */
  readonly file: Writable | undefined
}

/**
 * One line a request, off unless the configuration asks for it. Of the requests that went well, a sample; of the
 * others all: those who look into the log look for them.
 */
export class AccessLog {
  readonly #settings: AccessLogSettings
  /** One for all reloads: standard output is never closed. */
  #stdout: BoundedWriter | undefined
  #destination: Destination | undefined
  #lines = 0
  #droppedBefore = 0

  constructor(settings: AccessLogSettings) {
    this.#settings = settings
  }

  get lines(): number {
    return this.#lines
  }

  /** Lines that nobody was quick enough to take. */
  get dropped(): number {
    const file = this.#destination?.file ? this.#destination.writer.dropped : 0
    return this.#droppedBefore + file + (this.#stdout?.dropped ?? 0)
  }

  /** A file is opened anew each time, so that one that was moved away is let go of. */
  configure(config: AccessConfig): void {
    void this.close()
    if (!config) return
    const { to, sample } = config
    const { stdout, onFailure } = this.#settings
    if (to === 'stdout') {
      this.#stdout ??= new BoundedWriter(stdout, error => onFailure('stdout', error))
      this.#destination = { writer: this.#stdout, sample, file: undefined }
      return
    }
    const file = createWriteStream(to, { flags: 'a' })
    this.#destination = { writer: new BoundedWriter(file, error => onFailure(to, error)), sample, file }
  }

  note(request: EndedRequest): void {
    if (!this.#destination) return
    const { writer, sample } = this.#destination
    if (isOrdinary(request) && this.#settings.random() >= sample) return
    this.#lines += 1
    writer.write(accessLine(request))
  }

  async close(): Promise<void> {
    if (!this.#destination) return
    const { writer, file } = this.#destination
    this.#destination = undefined
    await writer.flushed(CLOSE_MS)
    if (!file) return
    this.#droppedBefore += writer.dropped
    file.end()
  }
}

function isOrdinary({ ending, status, reason, retries, redispatches, hedges }: EndedRequest): boolean {
  return ending === 'whole' && reason === undefined && status < 500 && retries + redispatches + hedges === 0
}

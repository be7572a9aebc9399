import { type FileHandle, open, readFile } from 'node:fs/promises'
import type { HistoryEvent } from './event.ts'

/**
 * Appends events to `events.ndjson` in the order in which they are learnt. Writing is queued, so that
 * noting an event never makes the run wait; `failed` rejects as soon as a line cannot be written.
 */
export class EventLog {
  readonly #file: FileHandle
  readonly #failure = Promise.withResolvers<never>()
  #queue: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle) {
    this.#file = file
    this.#failure.promise.catch(() => undefined) // whoever watches `failed` sees it; nobody has to
  }

  static async create(path: string): Promise<EventLog> {
    return new EventLog(await open(path, 'wx'))
  }

  /** Rejects on the first failure to write (disk full); never resolves. */
  get failed(): Promise<never> {
    return this.#failure.promise
  }

  append(event: HistoryEvent): void {
    this.#queue = this.#queue
      .then(() => this.#file.appendFile(`${JSON.stringify(event)}\n`))
      .catch((error: unknown) => this.#failure.reject(error))
  }

  async close(): Promise<void> {
    await this.#queue
    try {
      await this.#file.sync()
    } finally {
      await this.#file.close()
    }
  }
}

/** A torn last line, cut by a crash or a full disk, is left out. */
export async function readEvents(path: string): Promise<HistoryEvent[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  lines.pop()
  return lines.map(line => JSON.parse(line) as HistoryEvent)
}

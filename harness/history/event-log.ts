import { type FileHandle, readFile } from 'node:fs/promises'
import type { HistoryEvent } from './event.ts'
import { createForWriting, writeFailure } from './write-failure.ts'

/**
 * Appends events to `events.ndjson` in the order in which they are learnt. Writing is queued, so that
 * noting an event never makes the run wait; `failed` rejects as soon as a line cannot be written.
 */
export class EventLog {
  readonly #file: FileHandle
  readonly #failure = Promise.withResolvers<never>()
  readonly #path: string
  #queue: Promise<void> = Promise.resolve()
  #broken = false

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
    this.#failure.promise.catch(() => undefined) // whoever watches `failed` sees it; nobody has to
  }

  /** Errors: EEXIST, for a history is never overwritten; DISK_FULL, RESULTS_UNWRITABLE. */
  static async create(path: string): Promise<EventLog> {
    return new EventLog(await createForWriting(path), path)
  }

  /** Rejects on the first failure to write (DISK_FULL, RESULTS_UNWRITABLE); never resolves. */
  get failed(): Promise<never> {
    return this.#failure.promise
  }

  append(event: HistoryEvent): void {
    const line = `${JSON.stringify(event)}\n`
    this.#queue = this.#queue
      .then(() => (this.#broken ? undefined : this.#file.appendFile(line)))
      .catch((error: unknown) => {
        this.#broken = true // a line after one that was cut short would be read as a part of it
        this.#failure.reject(writeFailure(this.#path, error))
      })
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

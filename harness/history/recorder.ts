import { join } from 'node:path'
import type { HistoryEvent } from './event.ts'
import { EventLog } from './event-log.ts'
import { SampleWriter } from './sample-file.ts'

/** Writes a trial's raw history, events and samples, as it happens. What was written stays, whatever comes after. */
export class Recorder implements AsyncDisposable {
  readonly #events: EventLog
  readonly #samples: SampleWriter
  /** Rejects as soon as something cannot be written (a full disk); never resolves. */
  readonly failed: Promise<never>

  private constructor(events: EventLog, samples: SampleWriter) {
    this.#events = events
    this.#samples = samples
    this.failed = Promise.race([events.failed, samples.failed])
  }

  static async open(folder: string): Promise<Recorder> {
    const events = await EventLog.create(join(folder, 'events.ndjson'))
    return new Recorder(events, await SampleWriter.create(join(folder, 'samples.bin')))
  }

  event(event: HistoryEvent): void {
    this.#events.append(event)
  }

  rows(rows: Buffer): void {
    this.#samples.append(rows)
  }

  /** Resolves when all is on disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = await Promise.allSettled([this.#events.close(), this.#samples.close()])
    for (const result of closed) if (result.status === 'rejected') throw result.reason
  }
}

import type { Sample } from '../history/sample.ts'
import { encodeRow, ROW_BYTES } from '../history/sample-row.ts'

const BATCH_ROWS = 1024

/** Gathers rows in a traffic process; whole batches go out when they are full or when flushed. */
export class RowBatch {
  readonly #send: (rows: Uint8Array) => void
  #buffer = Buffer.allocUnsafe(BATCH_ROWS * ROW_BYTES)
  #rows = 0

  constructor(send: (rows: Uint8Array) => void) {
    this.#send = send
  }

  add(sample: Sample): void {
    encodeRow(this.#buffer, this.#rows * ROW_BYTES, sample)
    this.#rows += 1
    if (this.#rows === BATCH_ROWS) this.flush()
  }

  flush(): void {
    if (this.#rows === 0) return
    this.#send(Uint8Array.prototype.slice.call(this.#buffer, 0, this.#rows * ROW_BYTES))
    this.#rows = 0
  }
}

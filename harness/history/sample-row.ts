import { CONNECTIONS, OUTCOMES, type Sample, STREAMS } from './sample.ts'

/**
 * A sample as 16 bytes, four little-endian u32: due, sent (all ones: never), ended in µs since the
 * trial's origin; then, from the low end, status (10 bits), outcome (4), stream (2), connection (2) and
 * answering instance (14).
 */
export const ROW_BYTES = 16
export const NEVER_SENT_US = 0xffffffff
export const MOST_INSTANCES = 0x3fff

export function encodeRow(into: Buffer, offset: number, sample: Sample): void {
  into.writeUInt32LE(wholeUs(sample.dueUs), offset)
  into.writeUInt32LE(sample.sentUs === null ? NEVER_SENT_US : wholeUs(sample.sentUs), offset + 4)
  into.writeUInt32LE(wholeUs(sample.endedUs), offset + 8)
  const packed =
    (sample.status & 0x3ff) |
    (OUTCOMES.indexOf(sample.outcome) << 10) |
    (STREAMS.indexOf(sample.stream) << 14) |
    (CONNECTIONS.indexOf(sample.connection) << 16) |
    (Math.min(sample.instance, MOST_INSTANCES) << 18)
  into.writeUInt32LE(packed >>> 0, offset + 12)
}

/** The clock's range is 71 minutes, which is longer than any trial. */
function wholeUs(us: number): number {
  return Math.min(NEVER_SENT_US - 1, Math.max(0, Math.round(us)))
}

/** Samples as columns. `outcome`, `stream` and `connection` are indexes into the lists of sample.ts. */
export interface SampleColumns {
  readonly length: number
  readonly dueUs: Uint32Array
  /** `NEVER_SENT_US` for one that was not sent. */
  readonly sentUs: Uint32Array
  readonly endedUs: Uint32Array
  readonly status: Uint16Array
  readonly outcome: Uint8Array
  readonly stream: Uint8Array
  readonly connection: Uint8Array
  readonly instance: Uint16Array
}

export function emptyColumns(length: number): SampleColumns {
  return {
    length,
    dueUs: new Uint32Array(length),
    sentUs: new Uint32Array(length),
    endedUs: new Uint32Array(length),
    status: new Uint16Array(length),
    outcome: new Uint8Array(length),
    stream: new Uint8Array(length),
    connection: new Uint8Array(length),
    instance: new Uint16Array(length),
  }
}

/** Decodes `rows` whole rows of `from` into the columns, beginning at their index `at`. */
export function decodeRows(from: Buffer, rows: number, columns: SampleColumns, at: number): void {
  const view = viewOf(from, rows)
  for (let row = 0; row < rows; row += 1) decodeRow(view, row, columns, at + row)
}

export function viewOf(from: Buffer, rows: number): DataView {
  return new DataView(from.buffer, from.byteOffset, rows * ROW_BYTES)
}

/** Decodes row `row` of a view into the columns' index `index`. */
export function decodeRow(view: DataView, row: number, columns: SampleColumns, index: number): void {
  const offset = row * ROW_BYTES
  const packed = view.getUint32(offset + 12, true)
  columns.dueUs[index] = view.getUint32(offset, true)
  columns.sentUs[index] = view.getUint32(offset + 4, true)
  columns.endedUs[index] = view.getUint32(offset + 8, true)
  columns.status[index] = packed & 0x3ff
  columns.outcome[index] = (packed >>> 10) & 0xf
  columns.stream[index] = (packed >>> 14) & 0x3
  columns.connection[index] = (packed >>> 16) & 0x3
  columns.instance[index] = packed >>> 18
}

export function dueUsOf(view: DataView, row: number): number {
  return view.getUint32(row * ROW_BYTES, true)
}

/** Index into STREAMS. */
export function streamOf(view: DataView, row: number): number {
  return (view.getUint32(row * ROW_BYTES + 12, true) >>> 14) & 0x3
}

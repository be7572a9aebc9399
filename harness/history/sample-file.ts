import { type FileHandle, open } from 'node:fs/promises'
import { orderByDue } from './order-by-due.ts'
import { STREAMS } from './sample.ts'
import {
  decodeRow,
  dueUsOf,
  emptyColumns,
  ROW_BYTES,
  type SampleColumns,
  streamOf,
  viewOf,
} from './sample-row.ts'
import { createForWriting, writeFailure } from './write-failure.ts'

const HEADER_BYTES = 32
const MAGIC = 'ZONEFALL-SAMPLES'
const VERSION = 1
const READ_ROWS = 65_536
const PROBE = STREAMS.indexOf('probe')

/**
 * Appends rows to `samples.bin`. Writing is queued. After the first failure nothing more is written, so
 * that a row cut short by a full disk stays the last one and all before it can be read.
 */
export class SampleWriter {
  readonly #file: FileHandle
  readonly #path: string
  readonly #failure = Promise.withResolvers<never>()
  #queue: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
    this.#failure.promise.catch(() => undefined) // told by `failed` to those who watch, and by `close` to all
  }

  /** Errors: EEXIST, for samples are never overwritten; DISK_FULL, RESULTS_UNWRITABLE. */
  static async create(path: string): Promise<SampleWriter> {
    const file = await createForWriting(path)
    const header = Buffer.alloc(HEADER_BYTES)
    header.write(MAGIC, 'latin1')
    header.writeUInt32LE(VERSION, 16)
    header.writeUInt32LE(ROW_BYTES, 20)
    try {
      await file.appendFile(header)
    } catch (error) {
      await file.close()
      throw writeFailure(path, error)
    }
    return new SampleWriter(file, path)
  }

  /** Rejects as soon as rows cannot be written: DISK_FULL, RESULTS_UNWRITABLE. Never resolves. */
  get failed(): Promise<never> {
    return this.#failure.promise
  }

  append(rows: Buffer): void {
    this.#queue = this.#queue.then(() => this.#file.appendFile(rows))
    this.#queue.catch((error: unknown) => this.#failure.reject(writeFailure(this.#path, error)))
  }

  /** Resolves when all is on disk. Errors: those of `failed`. */
  async close(): Promise<void> {
    try {
      await this.#queue
      await this.#file.sync()
    } catch (error) {
      throw writeFailure(this.#path, error)
    } finally {
      await this.#file.close()
    }
  }
}

/**
 * Reads a file's probes, in the order of their due times. The file has them in the order in which they ended,
 * among the load's. It is read twice, first to learn each one's place: so that ten million need no more memory
 * than their columns and half as much again. A torn last row, cut by a crash or a full disk, is left out.
 */
export async function readProbes(path: string): Promise<SampleColumns> {
  const file = await open(path, 'r')
  try {
    await checkHeader(file, path)
    const { size } = await file.stat()
    const rows = Math.floor((size - HEADER_BYTES) / ROW_BYTES)
    const placeOf = await learnPlaces(file, rows)
    const columns = emptyColumns(placeOf.length)
    let seen = 0
    await forEachRow(file, rows, (view, row) => {
      if (streamOf(view, row) !== PROBE) return
      decodeRow(view, row, columns, placeOf[seen] ?? 0)
      seen += 1
    })
    return columns
  } finally {
    await file.close()
  }
}

/** Reads all requests of both streams, in the order in which they were written: that in which they ended, nearly. */
export async function readSamples(path: string): Promise<SampleColumns> {
  const file = await open(path, 'r')
  try {
    await checkHeader(file, path)
    const rows = Math.floor(((await file.stat()).size - HEADER_BYTES) / ROW_BYTES)
    const columns = emptyColumns(rows)
    let at = 0
    await forEachRow(file, rows, (view, row) => {
      decodeRow(view, row, columns, at)
      at += 1
    })
    return columns
  } finally {
    await file.close()
  }
}

/** For each probe, as they come in the file, which one it is by due time. */
async function learnPlaces(file: FileHandle, rows: number): Promise<Uint32Array> {
  const all = new Uint32Array(rows)
  let count = 0
  await forEachRow(file, rows, (view, row) => {
    if (streamOf(view, row) !== PROBE) return
    all[count] = dueUsOf(view, row)
    count += 1
  })
  const dueUs = all.subarray(0, count)
  const placeOf = new Uint32Array(count)
  for (let index = 0; index < count; index += 1) placeOf[index] = index
  const order = orderByDue(placeOf, dueUs)
  for (let place = 0; place < count; place += 1) placeOf[order[place] ?? 0] = place
  return placeOf
}

async function forEachRow(
  file: FileHandle,
  rows: number,
  visit: (view: DataView, row: number) => void,
): Promise<void> {
  const block = Buffer.allocUnsafe(READ_ROWS * ROW_BYTES)
  for (let done = 0; done < rows; done += READ_ROWS) {
    const here = Math.min(READ_ROWS, rows - done)
    await readFully(file, block, here * ROW_BYTES, HEADER_BYTES + done * ROW_BYTES)
    const view = viewOf(block, here)
    for (let row = 0; row < here; row += 1) visit(view, row)
  }
}

async function checkHeader(file: FileHandle, path: string): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES)
  const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0)
  if (bytesRead < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new Error(`${path} does not hold Zonefall's samples`)
  }
  const version = header.readUInt32LE(16)
  if (version !== VERSION || header.readUInt32LE(20) !== ROW_BYTES) {
    throw new Error(`${path} holds samples of format ${version}; this is for format ${VERSION}`)
  }
}

async function readFully(file: FileHandle, into: Buffer, bytes: number, position: number): Promise<void> {
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await file.read(into, done, bytes - done, position + done)
    if (bytesRead === 0) throw new Error('the file became shorter while it was read')
    done += bytesRead
  }
}

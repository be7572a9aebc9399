import { type FileHandle, open } from 'node:fs/promises'
import { decodeRows, emptyColumns, ROW_BYTES, type SampleColumns } from './sample-row.ts'
import { writeFailure } from './write-failure.ts'

const HEADER_BYTES = 32
const MAGIC = 'ZONEFALL-SAMPLES'
const VERSION = 1
const READ_ROWS = 65_536

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
    const file = await open(path, 'wx')
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

/** Reads a whole file into columns. A torn last row, cut by a crash or a full disk, is left out. */
export async function readSamples(path: string): Promise<SampleColumns> {
  const file = await open(path, 'r')
  try {
    await checkHeader(file, path)
    const { size } = await file.stat()
    const length = Math.floor((size - HEADER_BYTES) / ROW_BYTES)
    const columns = emptyColumns(length)
    const block = Buffer.allocUnsafe(READ_ROWS * ROW_BYTES)
    for (let done = 0; done < length; ) {
      const rows = Math.min(READ_ROWS, length - done)
      await readFully(file, block, rows * ROW_BYTES, HEADER_BYTES + done * ROW_BYTES)
      decodeRows(block, rows, columns, done)
      done += rows
    }
    return columns
  } finally {
    await file.close()
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

import { existsSync } from 'node:fs'
import { type FileHandle, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createForWriting, writeFailure } from '../history/write-failure.ts'
import type { SearchEvent } from './step.ts'

const NAME = 'search.ndjson'

/** Writes what happened in a condition, a line each, on disk before the next begins. */
export class SearchLog implements AsyncDisposable {
  readonly #file: FileHandle
  readonly #path: string

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
  }

  /** Errors: EEXIST, DISK_FULL, RESULTS_UNWRITABLE. */
  static async create(folder: string): Promise<SearchLog> {
    const path = join(folder, NAME)
    return new SearchLog(await createForWriting(path), path)
  }

  async write(event: SearchEvent): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(event)}\n`).catch((error: unknown) => {
      throw writeFailure(this.#path, error)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

/** Empty when there is none; a torn last line, cut by a crash, is left out. */
export async function readSearch(folder: string): Promise<SearchEvent[]> {
  const path = join(folder, NAME)
  if (!existsSync(path)) return []
  const lines = (await readFile(path, 'utf8')).split('\n')
  lines.pop()
  return lines.map(line => JSON.parse(line) as SearchEvent)
}

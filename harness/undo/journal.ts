import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { type UndoEntry, undoEntrySchema } from './undo-entry.ts'

/**
 * The undo journal: one line when something is about to be done (with how to undo it), one when that
 * is settled. Each line is synced to disk before the promise resolves. A run that ends well removes
 * its file; a file without a living run is what a crash left behind.
 */
export class UndoJournal {
  readonly #path: string
  readonly #file: FileHandle
  readonly #open = new Map<number, UndoEntry>()
  #next = 1

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  static async create(path: string): Promise<UndoJournal> {
    return new UndoJournal(path, await open(path, 'wx'))
  }

  /** Resolves when the entry is on disk: only then may the thing be done. */
  async record(entry: UndoEntry): Promise<number> {
    const number = this.#next
    this.#next += 1
    await this.#append({ number, undo: entry })
    this.#open.set(number, entry)
    return number
  }

  /** The thing has been undone, or there is nothing of it to undo. */
  async settle(number: number): Promise<void> {
    await this.#append({ number, settled: true })
    this.#open.delete(number)
  }

  /** What is still to be undone, newest first. */
  outstanding(): { number: number; entry: UndoEntry }[] {
    return [...this.#open].map(([number, entry]) => ({ number, entry })).reverse()
  }

  /** Leaves the file when something is outstanding, for whoever comes next. */
  async close(): Promise<void> {
    await this.#file.close()
    if (this.#open.size === 0) await rm(this.#path, { force: true })
  }

  async #append(line: object): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(line)}\n`)
    await this.#file.datasync()
  }
}

/** What a journal's file says is still to be undone, newest first. A torn last line is of a thing never done. */
export async function readOutstanding(path: string): Promise<UndoEntry[]> {
  const outstanding = new Map<number, UndoEntry>()
  const lines = (await readFile(path, 'utf8')).split('\n')
  lines.pop() // what follows the last newline: nothing, or a line that was never finished
  for (const line of lines) {
    const parsed = JSON.parse(line) as { number: number; undo?: unknown; settled?: true }
    if (parsed.settled) outstanding.delete(parsed.number)
    else outstanding.set(parsed.number, undoEntrySchema.parse(parsed.undo))
  }
  return [...outstanding.values()].reverse()
}

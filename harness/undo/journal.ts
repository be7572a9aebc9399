import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { z } from 'zod'
import { type UndoEntry, undoEntrySchema } from './undo-entry.ts'

const lineSchema = z.union([
  z.strictObject({ number: z.int(), undo: undoEntrySchema }),
  z.strictObject({ number: z.int(), settled: z.literal(true) }),
])

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
  /** The end of the line before, if that may not have been written to its own. */
  #mend = ''

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  static async create(path: string): Promise<UndoJournal> {
    return new UndoJournal(path, await open(path, 'ax'))
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
    const text = `${this.#mend}${JSON.stringify(line)}\n`
    this.#mend = '\n'
    await this.#file.appendFile(text)
    this.#mend = ''
    await this.#file.datasync()
  }
}

export interface JournalContents {
  /** What is still to be undone, newest first. */
  readonly outstanding: readonly UndoEntry[]
  /**
   * Numbers of lines that were not written to their end, by a full disk: of things that were never done, or of an
   * undoing that is done again.
   */
  readonly torn: readonly number[]
  /** Numbers of whole lines that this version cannot read: what they tell of may have been done. */
  readonly unknown: readonly number[]
}

export async function readJournal(path: string): Promise<JournalContents> {
  const outstanding = new Map<number, UndoEntry>()
  const [torn, unknown]: [number[], number[]] = [[], []]
  const lines = (await readFile(path, 'utf8')).split('\n')
  lines.pop() // what follows the last newline: nothing, or a line that was never finished
  for (const [index, text] of lines.entries()) {
    if (text === '') continue
    const line = readLine(text)
    switch (line.kind) {
      case 'undo':
        outstanding.set(line.number, line.undo)
        break
      case 'settled':
        outstanding.delete(line.number)
        break
      case 'torn':
        torn.push(index + 1)
        break
      case 'unknown':
        unknown.push(index + 1)
    }
  }
  return { outstanding: [...outstanding.values()].reverse(), torn, unknown }
}

/**
 * All that it holds is undone: the file goes, and the watchdog's log with it. One with torn lines is kept under
 * another name, for who wants to know. Resolves with that name.
 */
export async function retireJournal(
  path: string,
  { torn }: Pick<JournalContents, 'torn'>,
): Promise<string | undefined> {
  await rm(`${path}.log`, { force: true })
  if (torn.length === 0) {
    await rm(path, { force: true })
    return undefined
  }
  const kept = `${path}.torn`
  await rename(path, kept)
  return kept
}

type Line =
  | { readonly kind: 'undo'; readonly number: number; readonly undo: UndoEntry }
  | { readonly kind: 'settled'; readonly number: number }
  | { readonly kind: 'torn' | 'unknown' }

function readLine(text: string): Line {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return { kind: 'torn' }
  }
  const read = lineSchema.safeParse(line)
  if (!read.success) return { kind: 'unknown' }
  const { number } = read.data
  return 'undo' in read.data ? { kind: 'undo', number, undo: read.data.undo } : { kind: 'settled', number }
}

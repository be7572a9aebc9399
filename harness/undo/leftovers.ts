import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { readHolder } from '../state/lock.ts'
import type { StateDir } from '../state/state-dir.ts'
import { readJournal } from './journal.ts'
import { describeUndo, type UndoEntry } from './undo-entry.ts'

/** What a run that died left to undo. */
export interface Leftover {
  readonly project: string
  readonly journal: string
  /** Newest first. */
  readonly entries: readonly UndoEntry[]
  /** Numbers of lines that were never finished, and so of things never done. */
  readonly torn: readonly number[]
  /** Why the entries may not be all: what of the journal cannot be read. */
  readonly doubts: readonly string[]
}

/** Journals whose run no longer lives. One that cannot be read hides none of the others. */
export async function findLeftovers(state: StateDir): Promise<Leftover[]> {
  const names = (await readdir(state.path)).filter(name => name.endsWith('.undo')).sort()
  const leftovers: Leftover[] = []
  for (const name of names) {
    const project = name.slice(0, -'.undo'.length)
    if (await readHolder(state.lockOf(project))) continue
    leftovers.push(await readLeftover(project, state.journalOf(project)))
  }
  return leftovers
}

async function readLeftover(project: string, journal: string): Promise<Leftover> {
  try {
    const { outstanding, torn, unknown } = await readJournal(journal)
    const doubts = unknown.map(line => `line ${line} is not one that this version of Zonefall can read`)
    return { project, journal, entries: outstanding, torn, doubts }
  } catch (error) {
    return { project, journal, entries: [], torn: [], doubts: [messageOf(error)] }
  }
}

export async function sayLeftovers(state: StateDir, say: (line: string) => void): Promise<void> {
  for (const { project, journal, entries, doubts } of await findLeftovers(state)) {
    const unreadable = doubts.map(doubt => `${journal}: ${doubt}`)
    const what = [...entries.map(describeUndo), ...unreadable].join('; ') || 'nothing but its journal'
    say(
      `An earlier run on ${project} died and left things behind (still to do: ${what}). \`zonefall cleanup\` mends it.`,
    )
  }
}

/** Nothing is begun on what a run that died has left. Errors: SYSTEM_BUSY. */
export function requireNoJournal(path: string, project: string): void {
  if (!existsSync(path)) return
  const what = `An earlier run on ${project} died and left things behind.`
  throw new ZonefallError('SYSTEM_BUSY', what, { advice: 'Run `zonefall cleanup` first.' })
}

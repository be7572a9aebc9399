import { readdir } from 'node:fs/promises'
import { readHolder } from '../state/lock.ts'
import type { StateDir } from '../state/state-dir.ts'
import { readOutstanding } from './journal.ts'
import { describeUndo, type UndoEntry } from './undo-entry.ts'

/** What a run that died left to undo. */
export interface Leftover {
  readonly project: string
  readonly journal: string
  /** Newest first. */
  readonly entries: readonly UndoEntry[]
}

/** Journals whose run no longer lives. */
export async function findLeftovers(state: StateDir): Promise<Leftover[]> {
  const names = (await readdir(state.path)).filter(name => name.endsWith('.undo')).sort()
  const leftovers: Leftover[] = []
  for (const name of names) {
    const project = name.slice(0, -'.undo'.length)
    if (await readHolder(state.lockOf(project))) continue
    const journal = state.journalOf(project)
    leftovers.push({ project, journal, entries: await readOutstanding(journal) })
  }
  return leftovers
}

export async function sayLeftovers(state: StateDir, say: (line: string) => void): Promise<void> {
  for (const { project, entries } of await findLeftovers(state)) {
    const what = entries.map(describeUndo).join('; ') || 'nothing but its journal'
    say(
      `An earlier run on ${project} died and left things behind (still to do: ${what}). \`zonefall cleanup\` mends it.`,
    )
  }
}

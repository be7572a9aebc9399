import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import { carryOut, type UndoEngine, type UndoEntry } from './undo-entry.ts'

const QUIET_CHECKS = 4
const CHECK_EVERY_MS = 250
const GIVE_UP_MS = 60_000

export type QuietEngine = UndoEngine & Pick<Engine, 'surveyProject' | 'hasImage'>

/**
 * The engine may finish what a program that was ended had asked of it (`docker compose up` another container, a
 * build its image) after that was removed: looks again, and removes again, until it is over. Resolves with whether
 * it came to that.
 */
export async function removeUntilQuiet(
  entries: readonly UndoEntry[],
  engine: QuietEngine,
  say: (line: string) => unknown,
): Promise<boolean> {
  const limit = AbortSignal.timeout(GIVE_UP_MS)
  const made = entries.filter(({ kind }) => kind === 'remove-project' || kind === 'remove-image')
  if (made.length === 0) return true
  for (let quiet = 0; quiet < QUIET_CHECKS; ) {
    if (limit.aborted) return false
    await sleep(CHECK_EVERY_MS)
    const removals = await Promise.all(made.map(entry => removeIfThere(entry, engine)))
    const failed = removals.find(removal => removal.kind === 'failed')
    if (failed) await say(`again: ${failed.message}`)
    quiet = removals.every(({ kind }) => kind === 'absent') ? quiet + 1 : 0
  }
  return true
}

type Removal = { readonly kind: 'absent' | 'removed' } | { readonly kind: 'failed'; readonly message: string }

async function removeIfThere(entry: UndoEntry, engine: QuietEngine): Promise<Removal> {
  try {
    if (!(await isThere(entry, engine))) return { kind: 'absent' }
    await carryOut(entry, engine)
    return { kind: 'removed' }
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) }
  }
}

async function isThere(entry: UndoEntry, engine: QuietEngine): Promise<boolean> {
  if (entry.kind === 'remove-project') return !isEmpty(await engine.surveyProject(entry.project))
  return entry.kind === 'remove-image' && (await engine.hasImage(entry.reference))
}

import { messageOf } from '../errors/zonefall-error.ts'
import type { UndoJournal } from './journal.ts'
import { carryOut, describeUndo, UNDO_LIMIT_MS, type UndoEngine, type UndoEntry } from './undo-entry.ts'

export interface UndoFailure {
  readonly entry: UndoEntry
  readonly message: string
}

/** Undoes all that the journal still holds, newest first, going on past failures. */
export async function undoOutstanding(journal: UndoJournal, engine: UndoEngine): Promise<UndoFailure[]> {
  const failures: UndoFailure[] = []
  for (const { number, entry } of journal.outstanding()) {
    const failure = await undoOne(entry, engine)
    if (failure) failures.push(failure)
    else
      await journal
        .settle(number)
        .catch(error =>
          failures.push({ entry, message: `could not note in the journal: ${messageOf(error)}` }),
        )
  }
  return failures
}

/** Carries one entry out within its own time limit. */
export async function undoOne(entry: UndoEntry, engine: UndoEngine): Promise<UndoFailure | undefined> {
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => limit.reject(new Error(`not done within ${UNDO_LIMIT_MS / 1000} s`)),
    UNDO_LIMIT_MS,
  )
  try {
    await Promise.race([carryOut(entry, engine), limit.promise])
    return undefined
  } catch (error) {
    return { entry, message: `could not ${describeUndo(entry)}: ${messageOf(error)}` }
  } finally {
    clearTimeout(timer)
  }
}

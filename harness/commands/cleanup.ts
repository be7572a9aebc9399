import type { Engine } from '../docker/engine.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import { takeLock } from '../state/lock.ts'
import { openStateDir, type StateDir } from '../state/state-dir.ts'
import { retireJournal } from '../undo/journal.ts'
import { findLeftovers, type Leftover } from '../undo/leftovers.ts'
import { undoOne } from '../undo/undo.ts'
import { describeUndo } from '../undo/undo-entry.ts'
import { removeUntilQuiet } from '../undo/until-quiet.ts'
import type { CommandContext } from './context.ts'
import { openEngine } from './session.ts'

export async function cleanup(context: CommandContext): Promise<ExitCode> {
  const state = await openStateDir(context.env)
  const leftovers = await findLeftovers(state)
  if (leftovers.length === 0) {
    context.terminal.out('Nothing was left behind.')
    return EXIT.pass
  }
  const engine = await openEngine(context)
  let exit: ExitCode = EXIT.pass
  for (const leftover of leftovers) {
    const say = (line: string) => context.terminal.out(`${leftover.project}: ${line}`)
    const mended = await mend(leftover, { state, engine, say }).catch(error => {
      say(messageOf(error))
      return false
    })
    if (!mended) exit = EXIT.notUndone
  }
  return exit
}

interface Mending {
  readonly state: StateDir
  readonly engine: Engine
  readonly say: (line: string) => void
}

/** Resolves with whether nothing is left. */
async function mend(leftover: Leftover, { state, engine, say }: Mending): Promise<boolean> {
  const { project, journal, entries, torn, doubts } = leftover
  await using _lock = await takeLock(state.lockOf(project), project)
  let mended = true
  // Removing the project makes starting its containers first pointless, but each entry must hold alone.
  for (const entry of entries) {
    const failure = await undoOne(entry, engine)
    say(failure ? failure.message : `done: ${describeUndo(entry)}`)
    if (failure) mended = false
  }
  mended = (await removeUntilQuiet(entries, engine, say)) && mended
  for (const doubt of doubts) say(`${journal}: ${doubt}; see what it tells of, then remove it.`)
  if (!mended || doubts.length > 0) return false
  const kept = await retireJournal(journal, { torn })
  if (kept !== undefined)
    say(
      `line ${torn.join(', ')} of its journal was never finished, so that nothing was done; kept as ${kept}`,
    )
  return true
}

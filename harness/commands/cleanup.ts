import { rm } from 'node:fs/promises'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { takeLock } from '../state/lock.ts'
import { openStateDir } from '../state/state-dir.ts'
import { findLeftovers } from '../undo/leftovers.ts'
import { undoOne } from '../undo/undo.ts'
import { describeUndo } from '../undo/undo-entry.ts'
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
  for (const { project, journal, entries } of leftovers) {
    await using _lock = await takeLock(state.lockOf(project), project)
    let mended = true
    // Removing the project makes starting its containers first pointless, but each entry must hold alone.
    for (const entry of entries) {
      const failure = await undoOne(entry, engine)
      context.terminal.out(
        failure ? `${project}: ${failure.message}` : `${project}: done: ${describeUndo(entry)}`,
      )
      if (failure) mended = false
    }
    if (mended) await rm(journal, { force: true })
    else exit = EXIT.notUndone
  }
  return exit
}

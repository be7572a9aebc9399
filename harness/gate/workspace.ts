import type { Engine } from '../docker/engine.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { takeLock } from '../state/lock.ts'
import type { StateDir } from '../state/state-dir.ts'
import { UndoJournal } from '../undo/journal.ts'
import { makeFolder, newFolderPath } from '../undo/made-folder.ts'
import { undoOutstanding } from '../undo/undo.ts'
import { removeUntilQuiet } from '../undo/until-quiet.ts'
import { startWatchdog } from '../undo/watchdog.ts'
import { type RunProgram, runProgram } from './program.ts'

/** What a gate makes beside its systems, and removes in the end. */
export interface Workspace {
  readonly folder: string
  /** To be called before the image is built. */
  willBuild(reference: string): Promise<void>
  /** Only so may a program run that makes anything: none of them outlives the harness. */
  readonly run: RunProgram
}

export interface WorkspaceRequest {
  readonly state: StateDir
  readonly project: string
  readonly engine: Engine
  readonly remark: (text: string) => void
  readonly signal: AbortSignal
}

/** Compose allows no dot in a project's name: no project has this one's lock and journal. */
export function gateNameOf(project: string): string {
  return `${project}.gate`
}

/**
 * A folder and images under the eyes of a watchdog of their own, which outlives those of the systems that come and
 * go meanwhile. Whatever happens, they are removed before this returns. Errors: those of the use; NOT_UNDONE.
 */
export async function withWorkspace<T>(
  request: WorkspaceRequest,
  use: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { state, engine, signal } = request
  const name = gateNameOf(request.project)
  const [journalPath, lockPath] = [state.journalOf(name), state.lockOf(name)]
  await using stack = new AsyncDisposableStack()
  stack.use(await takeLock(lockPath, name))
  const journal = await UndoJournal.create(journalPath)
  stack.defer(() => journal.close()) // for when there will be no watchdog
  const watchdog = await startWatchdog({
    journalPath,
    lockPath,
    project: name,
    onLost: () =>
      request.remark('The watchdog was killed: should this gate be killed too, `zonefall cleanup` mends it.'),
  })
  stack.defer(() => watchdog.release())
  stack.defer(() => removeAll(journal, engine))

  // The caller holds the lock of the project; should it die, nobody else would remove that.
  await journal.record({ kind: 'release-lock', path: state.lockOf(request.project) })
  const folder = newFolderPath(state.path)
  await journal.record({ kind: 'remove-folder', path: folder })
  await makeFolder(folder)
  return await use({
    folder,
    async willBuild(reference) {
      await journal.record({ kind: 'remove-image', reference })
    },
    run: program => runProgram(program, { journal, signal }),
  })
}

async function removeAll(journal: UndoJournal, engine: Engine): Promise<void> {
  const entries = journal.outstanding().map(({ entry }) => entry)
  const failures = await undoOutstanding(journal, engine)
  if (failures.length > 0) {
    await journal.close()
    throw new ZonefallError('NOT_UNDONE', `${failures.map(({ message }) => message).join('; ')}.`)
  }
  // A build that was aborted may yet give its image.
  const isQuiet = await removeUntilQuiet(entries, engine, () => undefined)
  if (!isQuiet) for (const entry of entries) await journal.record(entry) // for the watchdog, or `cleanup`
  await journal.close()
  if (!isQuiet) throw new ZonefallError('NOT_UNDONE', 'The images of the gate come again.')
}

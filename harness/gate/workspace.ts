import type { Engine } from '../docker/engine.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { takeLock } from '../state/lock.ts'
import type { StateDir } from '../state/state-dir.ts'
import { UndoJournal } from '../undo/journal.ts'
import { makeFolder, newFolderPath } from '../undo/made-folder.ts'
import { undoOutstanding } from '../undo/undo.ts'
import { startWatchdog } from '../undo/watchdog.ts'

/** What a gate makes beside its systems, and removes in the end. */
export interface Workspace {
  readonly folder: string
  /** To be called before the image is built. */
  willBuild(reference: string): Promise<void>
}

export interface WorkspaceRequest {
  readonly state: StateDir
  readonly project: string
  readonly engine: Engine
  readonly remark: (text: string) => void
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
  const { state, engine } = request
  const name = gateNameOf(request.project)
  const [journalPath, lockPath] = [state.journalOf(name), state.lockOf(name)]
  await using stack = new AsyncDisposableStack()
  stack.use(await takeLock(lockPath, name))
  const journal = await UndoJournal.create(journalPath)
  const watchdog = await startWatchdog({
    journalPath,
    lockPath,
    project: name,
    onLost: () =>
      request.remark('The watchdog was killed: should this gate be killed too, `zonefall cleanup` mends it.'),
  })
  stack.defer(() => watchdog.release())
  stack.defer(() => removeAll(journal, engine))

  const folder = newFolderPath(state.path)
  await journal.record({ kind: 'remove-folder', path: folder })
  await makeFolder(folder)
  return await use({
    folder,
    async willBuild(reference) {
      await journal.record({ kind: 'remove-image', reference })
    },
  })
}

async function removeAll(journal: UndoJournal, engine: Engine): Promise<void> {
  const failures = await undoOutstanding(journal, engine)
  await journal.close()
  if (failures.length > 0)
    throw new ZonefallError('NOT_UNDONE', `${failures.map(({ message }) => message).join('; ')}.`)
}

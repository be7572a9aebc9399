import { randomBytes } from 'node:crypto'
import { connectToDiagnose, type EngineUnderDiagnosis, type Patience } from '../docker/diagnosis.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import { takeLock } from '../state/lock.ts'
import type { StateDir } from '../state/state-dir.ts'
import { UndoJournal } from '../undo/journal.ts'
import type { DoctorContext } from './check.ts'
import { engineTrials } from './engine-trials.ts'

/**
 * Connects to the engine. How to remove the containers that will be tried is on disk before there are any, as in a
 * run; the stack removes them, and settles that.
 */
export async function reachEngine(
  state: StateDir,
  stack: AsyncDisposableStack,
  patience: Patience,
): Promise<DoctorContext['engine']> {
  const project = `zonefall-doctor-${randomBytes(4).toString('hex')}`
  const api = await connect(project, patience)
  if ('reason' in api) return { kind: 'unreached', reason: api.reason }
  stack.use(await takeLock(state.lockOf(project), project))
  const journal = await UndoJournal.create(state.journalOf(project))
  stack.defer(() => journal.close())
  const entry = await journal.record({ kind: 'remove-project', project })
  stack.defer(async () => {
    await api[Symbol.asyncDispose]()
    await journal.settle(entry)
  })
  return { kind: 'reached', api, trials: engineTrials(api) }
}

async function connect(
  project: string,
  patience: Patience,
): Promise<EngineUnderDiagnosis | { readonly reason: string }> {
  try {
    return await connectToDiagnose(project, patience)
  } catch (error) {
    return { reason: messageOf(error) }
  }
}

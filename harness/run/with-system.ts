import type { Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Member } from '../plan/members.ts'
import { ResidueAudit } from '../residue/audit.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { waitForEntry } from '../system/entry-point.ts'
import { describeRemains } from '../system/system.ts'
import { UndoJournal } from '../undo/journal.ts'
import { undoOutstanding } from '../undo/undo.ts'
import { startWatchdog } from '../undo/watchdog.ts'
import { bringUpPinned } from './bring-up-pinned.ts'
import type { RunObserver } from './observer.ts'

export interface SystemRequest {
  readonly project: ComposeProject
  /** Members that the system is to run without. */
  readonly dropped: readonly Member[]
  /** Members that faults act on: the audit looks into their network namespaces. */
  readonly targets: readonly Member[]
  /** Those of them in whose place a fault puts another container; by default none. */
  readonly replaced?: readonly Member[]
  readonly engine: Engine
  /** Checked to be on loopback; without it the entry point is found from labels and published ports. */
  readonly url: URL | undefined
  /** A further Compose file's text, laid over the project's own for this run. */
  readonly overlay?: string
  readonly journalPath: string
  /** Of the lock that the caller holds: the watchdog takes it over if this process dies. */
  readonly lockPath: string
  /** What becomes of the system after a use that went well. */
  readonly afterwards: 'remove' | 'keep'
  readonly observer: RunObserver
  readonly signal: AbortSignal
}

/** A system that is up, healthy, and answers at its entry point. */
export interface RunningSystem {
  readonly url: URL
  readonly journal: UndoJournal
}

const ENTRY_LIMIT_MS = 15_000
const ENGINE_BACK_LIMIT_MS = 20_000

/**
 * System up, what is to be done with it, system down, under the eyes of a watchdog. Whatever happens,
 * everything is undone before this returns. Errors: those of its steps; RESIDUE when the use went well, but
 * left the system other than it was; NOT_UNDONE, as a SuppressedError that also carries the first error when
 * there were both.
 */
export async function withSystem<T>(
  request: SystemRequest,
  use: (system: RunningSystem) => Promise<T>,
): Promise<T> {
  const { project, targets, replaced = [], engine, observer, signal } = request
  await using stack = new AsyncDisposableStack()
  const journal = await UndoJournal.create(request.journalPath)
  stack.defer(() => journal.close()) // for when there will be no watchdog
  const watchdog = await startWatchdog({
    ...request,
    project: project.name,
    onLost: () =>
      observer.remark('The watchdog was killed: should this run be killed too, `zonefall cleanup` mends it.'),
  })
  stack.defer(() => watchdog.release())
  const projectEntry = await journal.record({ kind: 'remove-project', project: project.name })
  stack.defer(() => undoEverything(journal, project.name, engine, observer))

  observer.step(`Bringing ${project.name} up.`)
  const url = await bringUpPinned(request, journal)
  await waitForEntry(url, ENTRY_LIMIT_MS, signal)

  const remark = (text: string) => observer.remark(text)
  const audit = await ResidueAudit.begin({ engine, project: project.name, targets, replaced, remark })
  const result = await use({ url, journal })
  await audit.end()
  if (request.afterwards === 'keep') await journal.settle(projectEntry)
  return result
}

/** Not cancelled by an abort: it has limits of its own. */
async function undoEverything(
  journal: UndoJournal,
  project: string,
  engine: Engine,
  observer: RunObserver,
): Promise<void> {
  const outstanding = journal.outstanding()
  if (outstanding.length > 0) observer.step(`Taking ${project} down.`)
  if (!(await engine.answersWithin(ENGINE_BACK_LIMIT_MS))) {
    await journal.close()
    throw new ZonefallError(
      'NOT_UNDONE',
      `The Docker engine does not answer, so ${project} may still be there.`,
    )
  }
  const failures = await undoOutstanding(journal, engine)
  const removed = outstanding.some(({ entry }) => entry.kind === 'remove-project')
  const remains = await engine.surveyProject(project)
  const isLeft = removed && !isEmpty(remains)
  if (isLeft) await journal.record({ kind: 'remove-project', project }) // for the watchdog, or `cleanup`
  await journal.close()
  if (failures.length > 0) {
    throw new ZonefallError('NOT_UNDONE', `${failures.map(failure => failure.message).join('; ')}.`)
  }
  if (isLeft) {
    throw new ZonefallError('NOT_UNDONE', `Of ${project} this is left: ${describeRemains(remains)}.`)
  }
}

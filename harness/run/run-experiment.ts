import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { writeFailure } from '../history/write-failure.ts'
import { type ExperimentPlan, planTrial } from '../plan/make-plan.ts'
import type { LabelKeys } from '../plan/members.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import { makeManifest } from '../results/manifest.ts'
import type { RunFolder } from '../results/run-folder.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { entryUrl, planEntry, waitForEntry } from '../system/entry-point.ts'
import { bringUp, describeRemains } from '../system/system.ts'
import { UndoJournal } from '../undo/journal.ts'
import { undoOutstanding } from '../undo/undo.ts'
import { startWatchdog } from '../undo/watchdog.ts'
import type { RunObserver } from './observer.ts'
import { runTrial } from './trial.ts'

export interface RunRequest {
  readonly plan: ExperimentPlan
  readonly project: ComposeProject
  readonly engine: Engine
  readonly keys: LabelKeys
  /** Checked to be on loopback; without it the entry point is found from labels and published ports. */
  readonly url: URL | undefined
  readonly instanceHeader: string
  /** Opens the run's folder, which is done when the system is up: a run that never began leaves none. */
  readonly openFolder: () => Promise<RunFolder>
  readonly journalPath: string
  /** Of the lock that the caller holds: the watchdog takes it over if this process dies. */
  readonly lockPath: string
  readonly packageRoot: string
  /** The command that has the same run again, for the manifest. */
  readonly rerun: string
  /** What becomes of the system after a run that went well. */
  readonly afterwards: 'remove' | 'keep'
  readonly observer: RunObserver
  readonly signal: AbortSignal
}

const ENTRY_LIMIT_MS = 15_000
const ENGINE_BACK_LIMIT_MS = 20_000

/**
 * System up, the trials, system down; leaves a history for each trial in the run's folder. Whatever
 * happens, everything is undone before this returns. Errors: those of its steps; NOT_UNDONE, as a
 * SuppressedError that also carries the first error when there were both.
 */
export async function runExperiment(request: RunRequest): Promise<void> {
  const { project, plan, engine, observer, signal } = request
  await using stack = new AsyncDisposableStack()
  const journal = await UndoJournal.create(request.journalPath)
  const watchdog = await startWatchdog(request.journalPath, request.lockPath, project.name)
  stack.defer(() => watchdog.release())
  const projectEntry = await journal.record({ kind: 'remove-project', project: project.name })
  stack.defer(() => undoEverything(journal, project.name, engine, observer))

  observer.step(`Bringing ${project.name} up.`)
  const containers = await bringUp(project, plan.dropped, engine, signal)
  const url = request.url ?? entryUrl(containers, planEntry(project))
  await waitForEntry(url, ENTRY_LIMIT_MS, signal)

  for (let trial = 1; trial <= plan.phasesMs.length; trial += 1) {
    const folder = await (await request.openFolder()).trial(trial)
    // Containers may have been restarted, and so moved to other addresses, by the trial before.
    const now = await engine.containers.list(project.name)
    const trialPlan = planTrial(plan, trial, { ...request, containers: now, url })
    const manifest = makeManifest({ ...request, plan: trialPlan, engine: engine.info, startedAt: new Date() })
    const manifestPath = join(folder, 'manifest.json')
    await writeFile(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`).catch((error: unknown) => {
      throw writeFailure(manifestPath, error)
    })
    if (plan.phasesMs.length > 1) observer.step(`Trial ${trial} of ${plan.phasesMs.length}.`)
    const references = now.map(container => referenceOf(container, request.keys))
    await runTrial({
      ...request,
      plan: trialPlan,
      project: project.name,
      containers: now,
      references,
      folder,
      journal,
    })
  }
  if (request.afterwards === 'keep') await journal.settle(projectEntry)
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

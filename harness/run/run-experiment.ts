import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFailure } from '../history/write-failure.ts'
import { type ExperimentPlan, planTrial, replacedBy } from '../plan/make-plan.ts'
import type { LabelKeys } from '../plan/members.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import { makeManifest } from '../results/manifest.ts'
import type { RunFolder } from '../results/run-folder.ts'
import { runTrial } from './trial.ts'
import { type RunningSystem, type SystemRequest, withSystem } from './with-system.ts'

export interface RunRequest extends Omit<SystemRequest, 'dropped' | 'targets' | 'replaced'> {
  readonly plan: ExperimentPlan
  readonly keys: LabelKeys
  readonly instanceHeader: string
  /** Opens the run's folder, which is done when the system is up: a run that never began leaves none. */
  readonly openFolder: () => Promise<RunFolder>
  readonly packageRoot: string
  /** The command that has the same run again, for the manifest. */
  readonly rerun: string
  /** Asked after each trial: why there must be another one; `undefined` when the run is over. */
  readonly another: AnotherTrial
}

export type AnotherTrial = (folder: RunFolder) => Promise<{ readonly why: string } | undefined>

/** System up, the trials, system down; leaves a history for each trial in the run's folder. Errors: those of `withSystem`. */
export async function runExperiment(request: RunRequest): Promise<void> {
  const { plan, observer } = request
  const replaced = replacedBy(plan)
  await withSystem({ ...request, dropped: plan.dropped, targets: plan.targets, replaced }, async system => {
    const folder = await request.openFolder()
    let next: { why: string } | undefined = { why: plan.trials > 1 ? `Trial 1 of ${plan.trials}.` : '' }
    for (let trial = 1; next; trial += 1) {
      if (next.why) observer.step(next.why)
      await runPlannedTrial(request, system, trial, folder)
      next = await request.another(folder)
    }
  })
}

/** One trial of the plan, in a system that is up. */
export async function runPlannedTrial(
  request: Omit<RunRequest, 'openFolder' | 'another'>,
  { url, journal }: RunningSystem,
  trial: number,
  folder: RunFolder,
): Promise<void> {
  const { plan, project, engine } = request
  // Containers may have been restarted, and so moved to other addresses, by the trial before.
  const containers = await engine.containers.list(project.name)
  const trialPlan = planTrial(plan, trial, { ...request, containers, url })
  const trialFolder = await folder.trial(trial)
  const manifest = makeManifest({
    ...request,
    plan: trialPlan,
    dropped: plan.dropped,
    engine: engine.info,
    startedAt: new Date(),
  })
  const manifestPath = join(trialFolder, 'manifest.json')
  await writeFile(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(manifestPath, error)
  })
  await runTrial({
    ...request,
    plan: trialPlan,
    project: project.name,
    containers,
    references: containers.map(container => referenceOf(container, request.keys)),
    folder: trialFolder,
    journal,
  })
}

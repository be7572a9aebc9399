import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findFault } from '../faults/catalogue.ts'
import { writeFailure } from '../history/write-failure.ts'
import type { LabelKeys } from '../plan/members.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import { type PlannedFault, type Strike, strikesOf, type TrialPlan } from '../plan/trial-plan.ts'
import { makeManifest } from '../results/manifest.ts'
import type { RunFolder } from '../results/run-folder.ts'
import { runTrial } from '../run/trial.ts'
import type { RunningSystem, SystemRequest } from '../run/with-system.ts'
import { waitForEntry } from '../system/entry-point.ts'
import { distinctMembers, memberOf, transplant } from './transplant.ts'

export interface PlanRequest extends Omit<SystemRequest, 'targets' | 'replaced' | 'afterwards'> {
  readonly keys: LabelKeys
  readonly packageRoot: string
  /** The command that has the same again, for the manifests. */
  readonly rerun: string
}

const ENTRY_LIMIT_MS = 15_000

/** Errors: FAULT_UNKNOWN, for a plan of another version. */
export function requireFaults(plan: TrialPlan): void {
  for (const { fault } of strikesOf(plan)) findFault(fault.kind)
}

/** Members that the plans' faults act on, and those of them in whose place a fault puts another container. */
export function struckIn(plans: readonly TrialPlan[]): Pick<SystemRequest, 'targets' | 'replaced'> {
  const strikes = plans.flatMap(strikesOf)
  const membersOf = (some: readonly Strike[]) => distinctMembers(some.map(({ target }) => memberOf(target)))
  const leavesAnother = ({ fault }: Strike) => findFault(fault.kind).leaves !== undefined
  return { targets: membersOf(strikes), replaced: membersOf(strikes.filter(leavesAnother)) }
}

/** What was recorded by hand, and older results, do not say what a fault's own doing is. */
function withTells(plan: TrialPlan): TrialPlan {
  const complete = (fault: PlannedFault) => ({ tells: findFault(fault.kind).tells, ...fault })
  const strikes = plan.strikes?.map(strike => ({ ...strike, fault: complete(strike.fault) }))
  return { ...plan, fault: complete(plan.fault), ...(strikes ? { strikes } : {}) }
}

/** Carries a stored plan out again, as a trial of a folder, in a system that is up. Errors: NO_TARGET, those of a trial. */
export async function runPlanAgain(
  stored: TrialPlan,
  { trial, trials, folder }: { trial: number; trials: number; folder: RunFolder },
  { url, journal }: RunningSystem,
  request: PlanRequest,
): Promise<void> {
  const { project, engine, keys, signal } = request
  // What was started again for the trial before may not answer yet. If it does not come back, the baseline tells.
  await waitForEntry(url, ENTRY_LIMIT_MS, signal).catch(() => signal.throwIfAborted())
  // Containers may have been restarted, and so moved to other addresses, by the trial before.
  const containers = await engine.containers.list(project.name)
  const plan = { ...withTells(transplant(stored, containers, keys)), trial, trials, url: url.href }
  const path = await folder.trial(trial)
  const manifest = makeManifest({ ...request, plan, engine: engine.info, startedAt: new Date() })
  const manifestPath = join(path, 'manifest.json')
  await writeFile(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(manifestPath, error)
  })
  await runTrial({
    ...request,
    plan,
    project: project.name,
    containers,
    references: containers.map(container => referenceOf(container, keys)),
    folder: path,
    journal,
  })
}

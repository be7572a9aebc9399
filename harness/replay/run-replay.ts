import type { TrialPlan } from '../plan/trial-plan.ts'
import type { RunFolder } from '../results/run-folder.ts'
import type { AnotherTrial } from '../run/run-experiment.ts'
import { withSystem } from '../run/with-system.ts'
import { type PlanRequest, runPlanAgain, struckIn } from './run-plan.ts'

export interface ReplayRequest extends PlanRequest {
  /** The stored trials' plans, in turn: an invalid trial is repeated with the next one. At least one. */
  readonly plans: readonly TrialPlan[]
  /** How many valid trials are wanted. */
  readonly wanted: number
  /** Opens the folder, when the system is up. */
  readonly openFolder: () => Promise<RunFolder>
  /** Asked after each trial: why there must be another one; `undefined` when it is over. */
  readonly another: AnotherTrial
}

/** System up, the stored plans again, system down; leaves a history for each trial. Errors: those of `withSystem`. */
export async function runReplay(request: ReplayRequest): Promise<void> {
  const { plans, wanted, observer } = request
  await withSystem({ ...request, ...struckIn(plans), afterwards: 'remove' }, async system => {
    const folder = await request.openFolder()
    let next: { why: string } | undefined = { why: wanted > 1 ? `Trial 1 of ${wanted}.` : '' }
    for (let trial = 1; next; trial += 1) {
      if (next.why) observer.step(next.why)
      const plan = plans[(trial - 1) % plans.length]
      if (!plan) throw new RangeError('a replay without a plan')
      await runPlanAgain(plan, { trial, trials: wanted, folder }, system, request)
      next = await request.another(folder)
    }
  })
}

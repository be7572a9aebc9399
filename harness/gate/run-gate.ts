import { join } from 'node:path'
import { replacedBy } from '../plan/make-plan.ts'
import { claimRunFolder, type RunFolder } from '../results/run-folder.ts'
import { type RunRequest, runPlannedTrial } from '../run/run-experiment.ts'
import { type RunningSystem, withSystem } from '../run/with-system.ts'
import { nameSide } from './name-side.ts'
import { inRound, type NextTrial } from './rounds.ts'
import type { SideName } from './side-images.ts'

export type SideRequest = Omit<RunRequest, 'openFolder' | 'another' | 'afterwards'>

export interface GateRequest {
  readonly sides: Readonly<Record<SideName, SideRequest>>
  readonly folder: string
  /** Asked before each trial; `undefined` ends the gate. */
  readonly next: () => Promise<NextTrial | undefined>
}

/**
 * One trial after another, each on a system of its own that is brought up and taken down: the two sides publish
 * the same ports. Leaves histories in `base/` and `candidate/`. Errors: those of `withSystem`, with the side named.
 */
export async function runGate({ sides, folder, next }: GateRequest): Promise<void> {
  const folders: Record<SideName, RunFolder> = {
    base: await claimRunFolder(join(folder, 'base')),
    candidate: await claimRunFolder(join(folder, 'candidate')),
  }
  for (let trial = await next(); trial; trial = await next()) {
    const { side, number, round, why } = trial
    const { observer } = sides[side]
    const plan = inRound(sides[side].plan, round)
    observer.remark(why)
    const request = {
      ...sides[side],
      plan,
      dropped: plan.dropped,
      targets: plan.targets,
      replaced: replacedBy(plan),
      afterwards: 'remove' as const,
    }
    const use = (system: RunningSystem) => runPlannedTrial(request, system, number, folders[side])
    await withSystem(request, use).catch(nameSide(side))
  }
}

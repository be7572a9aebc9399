import { join } from 'node:path'
import { hasRoom } from '../audit/budget.ts'
import { quietly } from '../audit/quiet-observer.ts'
import { settle } from '../audit/settle.ts'
import { type PlanRequest, runPlanAgain, struckIn } from '../replay/run-plan.ts'
import { folderAt } from '../results/run-folder.ts'
import { type RunningSystem, withSystem } from '../run/with-system.ts'
import { type Known, nextStep, type Part, partKey } from './ddmin.ts'
import { type Element, planOfPart } from './elements.ts'
import type { ShrinkRecord } from './shrink-record.ts'
import { folderOf, setAsideCutShort, type TriedPart, triedPart, triedParts } from './tried-part.ts'

export interface ShrinkRequest extends PlanRequest {
  readonly record: ShrinkRecord
  readonly elements: readonly Element[]
  /** Opens the search's folder, when the system is up, and resolves with its path. */
  readonly open: () => Promise<string>
  /** `null`: as long as it takes. */
  readonly budgetMs: number | null
  readonly nowMs: () => number
}

const HEALTHY_LIMIT_MS = 10_000

/**
 * System up, one part after another until the smallest is found or the budget is spent, system down; leaves a history
 * for each trial of each part. Parts that are decided already are passed over. Errors: those of `withSystem`.
 */
export async function runShrink(request: ShrinkRequest): Promise<void> {
  const { record, elements, packageRoot, observer, budgetMs, nowMs } = request
  const startedMs = nowMs()
  await withSystem({ ...request, ...struckIn([record.plan]), afterwards: 'remove' }, async system => {
    const folder = await request.open()
    await setAsideCutShort(folder)
    const trialsMs: number[] = []
    for (;;) {
      const tried = await triedParts(folder, record.trials, packageRoot)
      const step = nextStep(elements.length, knownOf(tried))
      if (step.kind !== 'try') return
      const beganMs = nowMs()
      if (!hasRoom({ budgetMs, spentMs: beganMs - startedMs, trialsMs })) return
      const after = await tryOnce(step.part, folder, system, request)
      trialsMs.push(nowMs() - beganMs)
      observer.remark(
        `${nameOf(step.part, elements)}: ${wordOf(after)} (${((nowMs() - beganMs) / 1000).toFixed(1)} s). ${after.why}`,
      )
    }
  })
}

export function knownOf(tried: readonly TriedPart[]): Known {
  return new Map(tried.flatMap(({ part, outcome }) => (outcome ? [[partKey(part), outcome] as const] : [])))
}

/** One trial more of a part. */
async function tryOnce(
  part: Part,
  folder: string,
  system: RunningSystem,
  request: ShrinkRequest,
): Promise<TriedPart> {
  const { record, elements, packageRoot, observer, engine, project, signal } = request
  const before = await triedPart(part, record.trials, { folder, packageRoot })
  observer.step(`${nameOf(part, elements)} … ${before.why}`)
  const ailing = await settle({ engine, project: project.name, limitMs: HEALTHY_LIMIT_MS, signal })
  if (ailing.length > 0) observer.remark(`Not healthy again: ${ailing.join(', ')}.`) // the baseline decides
  await runPlanAgain(
    planOfPart(record.plan, elements, part),
    { trial: before.trials + 1, trials: record.trials, folder: folderAt(join(folder, folderOf(part))) },
    system,
    { ...request, observer: quietly(observer) },
  )
  return triedPart(part, record.trials, { folder, packageRoot })
}

function nameOf(part: Part, elements: readonly Element[]): string {
  return part.length === elements.length
    ? 'all of it'
    : part.map(index => elements[index]?.name).join(' and ')
}

function wordOf({ outcome, valid, trials }: TriedPart): string {
  if (outcome) return outcome
  return valid === trials ? `passed ${valid} of the trials wanted` : 'not decided yet'
}

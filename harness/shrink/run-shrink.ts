import { join } from 'node:path'
import { hasRoom } from '../audit/budget.ts'
import { quietly } from '../audit/quiet-observer.ts'
import { settle } from '../audit/settle.ts'
import { type PlanRequest, runPlanAgain, struckIn } from '../replay/run-plan.ts'
import { folderAt } from '../results/run-folder.ts'
import { type RunningSystem, withSystem } from '../run/with-system.ts'
import { mostTrials } from '../verdict/another-trial.ts'
import { nextStep, type Part, partKey } from './ddmin.ts'
import { type Element, planOfPart } from './elements.ts'
import { knownOf } from './known.ts'
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
      const part = nextPart(await triedParts(folder, record.trials, packageRoot), request)
      const beganMs = nowMs()
      if (!part || !hasRoom({ budgetMs, spentMs: beganMs - startedMs, trialsMs })) return
      const after = await tryOnce(part, folder, system, request)
      trialsMs.push(nowMs() - beganMs)
      const seconds = ((nowMs() - beganMs) / 1000).toFixed(1)
      observer.remark(`${nameOf(part, elements)}: ${wordOf(after)} (${seconds} s). ${after.why}`)
    }
  })
}

/**
 * What the search asks for; and at its end the smallest part again, until it has as many valid trials as one that
 * passes: how often it fails is told, and nothing else is decided by it.
 */
function nextPart(
  tried: readonly TriedPart[],
  { elements, record }: Pick<ShrinkRequest, 'elements' | 'record'>,
): Part | undefined {
  const step = nextStep(elements.length, knownOf(tried))
  if (step.kind === 'try') return step.part
  if (step.kind !== 'done') return undefined
  const found = tried.find(({ part }) => partKey(part) === partKey(step.part))
  const isConfirmed = !found || found.valid >= record.trials || found.trials >= mostTrials(record.trials)
  return isConfirmed ? undefined : step.part
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
  observer.step(`${nameOf(part, elements)} … ${before.why}`.trimEnd())
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

/** By the numbers that the elements have in the plan that is shown. */
function nameOf(part: Part, elements: readonly Element[]): string {
  return part.length === elements.length ? 'all' : part.map(index => index + 1).join(' + ')
}

function wordOf({ outcome, valid, trials }: TriedPart): string {
  if (outcome) return outcome
  return valid === trials ? `passed ${valid} of the trials wanted` : 'not decided yet'
}

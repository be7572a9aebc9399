import type { ConditionTraffic } from './condition-traffic.ts'
import { judgeStep, type Limits, type StepResult } from './judge-step.ts'
import { type SearchSettings, searchFrom } from './search.ts'
import type { SearchLog } from './search-log.ts'
import type { End } from './step.ts'

export interface ConditionRequest {
  readonly traffic: ConditionTraffic
  readonly log: SearchLog
  readonly search: SearchSettings
  readonly limits: Limits
  /** Whether one more step fits into the budget. */
  readonly hasRoom: () => boolean
  readonly onStep: (result: StepResult) => void
}

const CLEAN_MS = 1000
/** A zone's loss must be noticed by balancers first, and a healed instance be taken in again. */
const FIRST_CALM_LIMIT_MS = 30_000
const CALM_LIMIT_MS = 15_000
const MOST_STEPS = 40
const NOBODY: ReadonlySet<string> = new Set()

/**
 * Carries a search out: one rate after another, each chosen by what came before. After one that the system did not
 * carry it is left alone until it is steady again.
 */
export async function runCondition(request: ConditionRequest): Promise<void> {
  await request.log.write({ type: 'end', how: await searchThrough(request) })
}

async function searchThrough(request: ConditionRequest): Promise<End['how']> {
  const { traffic, log, search, limits, hasRoom, onStep } = request
  let calm = await traffic.calm({ cleanMs: CLEAN_MS, expected: NOBODY, limitMs: FIRST_CALM_LIMIT_MS })
  if (!calm) return 'not-calm'
  await log.write(calm)
  const tried: StepResult[] = []
  while (tried.length < MOST_STEPS) {
    const next = searchFrom(tried, search)
    if (next.kind === 'done') return 'done'
    if (!hasRoom()) return 'budget'
    const { step, rows } = await traffic.step(next.rate)
    await log.write(step)
    const result = judgeStep(step, rows, limits)
    tried.push(result)
    onStep(result)
    if (result.passed) continue
    calm = await traffic.calm({ cleanMs: CLEAN_MS, expected: NOBODY, limitMs: CALM_LIMIT_MS })
    if (!calm) return 'not-calm'
    await log.write(calm)
  }
  return 'too-many-steps'
}

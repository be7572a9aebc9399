import type { ConditionTraffic } from './condition-traffic.ts'
import { busyShare, readCpuTimes } from './cpu-meter.ts'
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
  /**
   * Reads back, when the search is through, that the condition was there to the end of it. If that throws, no end is
   * written: what was measured is of some other condition.
   */
  readonly confirm?: () => Promise<void>
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
  const end = await searchThrough(request)
  await request.confirm?.()
  await request.log.write({ type: 'end', ...end })
}

async function searchThrough(request: ConditionRequest): Promise<Omit<End, 'type'>> {
  const { traffic, log, search, limits, hasRoom, onStep } = request
  const calmWithin = async (limitMs: number): Promise<Omit<End, 'type'> | undefined> => {
    const before = readCpuTimes()
    const calm = await traffic.calm({ cleanMs: CLEAN_MS, expected: NOBODY, limitMs })
    if (!calm) return { how: 'not-calm', busy: busyShare(before, readCpuTimes()) }
    await log.write(calm)
    return undefined
  }
  const neverCalm = await calmWithin(FIRST_CALM_LIMIT_MS)
  if (neverCalm) return neverCalm
  const tried: StepResult[] = []
  while (tried.length < MOST_STEPS) {
    const next = searchFrom(tried, search)
    if (next.kind === 'done') return { how: 'done' }
    if (!hasRoom()) return { how: 'budget' }
    const { step, rows } = await traffic.step(next.rate)
    await log.write(step)
    const result = judgeStep(step, rows, limits)
    tried.push(result)
    onStep(result)
    if (result.passed) continue
    const notCalm = await calmWithin(CALM_LIMIT_MS)
    if (notCalm) return notCalm
  }
  return { how: 'too-many-steps' }
}

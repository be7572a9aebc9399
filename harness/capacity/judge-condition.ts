import type { SampleColumns } from '../history/sample-row.ts'
import { judgeStep, type Limits, RULE, type StepResult } from './judge-step.ts'
import { boundsOf } from './search.ts'
import type { End, SearchEvent } from './step.ts'

/** What stands at the upper end of what was carried. */
export type LimitedBy = 'system' | 'machine' | 'generator' | 'max-rate'

/** The search in one condition of the system: all instances, or a zone gone. */
export interface ConditionResult {
  /** The highest rate that was carried; 0: the system did not carry even the lowest; `null`: not known. */
  readonly carried: number | null
  /** The lowest rate above that which was not. */
  readonly failed: number | null
  /** `null` while the search is not done: nothing is known of what lies above `carried`. */
  readonly limited_by: LimitedBy | null
  /** What a reader must know of it beside the numbers. */
  readonly note: string | null
  /** In the order in which they were tried. */
  readonly steps: readonly StepResult[]
}

export interface ConditionCase {
  readonly events: readonly SearchEvent[]
  readonly rows: SampleColumns
  readonly limits: Limits
  /** What the search was not to go beyond, and why. */
  readonly ceiling: { readonly rate: number; readonly by: LimitedBy }
}

export function judgeCondition({ events, rows, limits, ceiling }: ConditionCase): ConditionResult {
  const steps = events.flatMap(event => (event.type === 'step' ? [judgeStep(event, rows, limits)] : []))
  const end = events.find(event => event.type === 'end')
  const wasCalm = events.some(event => event.type === 'calm')
  const { carried, failed } = boundsOf(steps)
  const limited = end?.how === 'done' ? limitOf(steps, failed, ceiling.by) : null
  const limitedBy = end?.how === 'not-calm' && !wasCalm ? neverCalmBy(end) : limited
  return {
    carried: carried ?? (limitedBy === 'system' ? 0 : null),
    failed,
    limited_by: limitedBy,
    note: noteOf(end?.how, wasCalm, steps.at(-1)),
    steps,
  }
}

/** As of a step: what goes wrong on a machine that has nothing left to give is no limit of the system. */
function neverCalmBy({ busy = 0 }: End): LimitedBy {
  return busy >= RULE.saturated ? 'machine' : 'system'
}

function limitOf(steps: readonly StepResult[], failed: number | null, ceiling: LimitedBy): LimitedBy {
  if (failed === null) return ceiling
  return steps.findLast(({ rate }) => rate === failed)?.blame ?? 'system'
}

function noteOf(how: End['how'] | undefined, wasCalm: boolean, last: StepResult | undefined): string | null {
  switch (how) {
    case 'done':
      return null
    case 'not-calm':
      return wasCalm && last
        ? `After ${last.rate}/s it did not become steady again: the search ended there.`
        : 'It was not steady at the lowest rate, without any load.'
    case 'budget':
      return 'The budget was over before the search was done.'
    case 'too-many-steps':
      return 'The search did not settle: rates that were carried once failed at another time.'
    case undefined:
      return 'The search was cut short.'
  }
}

import { type Struck, struckOf } from '../analysis/struck.ts'
import type { HistoryEvent } from '../history/event.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'

/** One fault on one container, as it went. Times in seconds since the first of them. */
export interface FaultLine {
  readonly kind: string
  readonly name: string
  /** `null` if it did not come. */
  readonly from: number | null
  /** `null` if it was never undone. */
  readonly to: number | null
  /** What was read back, or why it did not come. */
  readonly detail: string
}

/** In order of their instants; empty when nothing was broken. */
export function faultLines(plan: TrialPlan, events: readonly HistoryEvent[]): FaultLine[] {
  const struck = struckOf(plan, events)
  const [firstUs] = struck.flatMap(({ call }) => call?.atUs ?? []).sort((a, b) => a - b)
  if (firstUs === undefined) return []
  const since = (us: number) => (us - firstUs) / 1e6
  return struck.map(one => ({
    kind: one.strike.fault.kind,
    name: one.strike.target.name,
    from: one.call ? since(one.call.atUs) : null,
    to: one.heal ? since(one.heal.atUs) : null,
    detail: detailOf(one),
  }))
}

function detailOf({ call, readBack, ready, withheld }: Struck): string {
  if (withheld !== null) return `did not come: ${withheld}`
  if (!call) return 'did not come'
  const read = readBack ? readBack.detail : 'not read back'
  return ready ? `${read}; ${ready.ok ? '' : 'not '}ready: ${ready.detail}` : read
}

import type { HistoryEvent } from '../history/event.ts'
import type { Instant, ToldStrike } from './deed.ts'

export interface RecordedTime {
  readonly strikes: readonly ToldStrike[]
  /** When traffic had warmed up. */
  readonly warmUs: number
  readonly endUs: number
}

/** What is told of a deed comes after it: by so much, at most, on a busy engine. */
const TOLD_LATER_US = 50_000
const LONGEST_BASELINE_US = 5_000_000

/**
 * The strikes as a trial's own faults are written into its history, and the phases around them, so that a record is
 * analysed as a trial is. The baseline is the last of what was before the first of them.
 */
export function eventsOfRecord({ strikes, warmUs, endUs }: RecordedTime): HistoryEvent[] {
  const [first] = strikes
  if (!first) throw new RangeError('a record of nothing')
  const firstUs = asked(first.began)
  const lastUs = strikes.every(({ ended }) => ended)
    ? Math.max(...strikes.map(({ ended }) => ended?.atUs ?? endUs))
    : endUs
  return [
    {
      type: 'phase',
      phase: 'baseline',
      atUs: Math.min(firstUs, Math.max(warmUs, firstUs - LONGEST_BASELINE_US)),
    },
    { type: 'phase', phase: 'fault', atUs: firstUs },
    ...strikes.flatMap(eventsOf),
    { type: 'phase', phase: 'recovery', atUs: lastUs },
    { type: 'phase', phase: 'done', atUs: endUs },
  ]
}

function eventsOf(
  { kind, target: container, began, ended, told }: ToldStrike,
  strike: number,
): HistoryEvent[] {
  const detail = `by hand; the engine told: ${told}`
  const act = (action: 'inject' | 'heal', at: Instant): HistoryEvent[] => [
    {
      type: 'fault',
      action,
      fault: kind,
      container,
      strike,
      atUs: action === 'inject' ? asked(at) : at.atUs - at.errorUs,
      returnedUs: at.atUs + at.errorUs,
    },
    { type: 'fault-verified', action, container, strike, ok: true, detail, atUs: at.atUs + at.errorUs },
  ]
  return [...act('inject', began), ...(ended ? act('heal', ended) : [])]
}

function asked({ atUs, errorUs }: Instant): number {
  return Math.max(0, atUs - errorUs - TOLD_LATER_US)
}

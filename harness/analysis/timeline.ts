import { backInRotation, leftRotation, sinceFault } from './detection.ts'
import type { Episode } from './episodes.ts'
import type { Frame } from './frame.ts'
import type { Bracketed, Measured, Metrics } from './metrics.ts'
import { at } from './probes.ts'

/** The marks of a trial on its one clock, each in ms since the fault instant, in the order in which they should come. */
export type Timeline = Readonly<Record<Mark, Measured<Bracketed>>>

export type Mark =
  | 'first_bad'
  | 'out_of_rotation'
  | 'last_bad'
  | 'steady'
  | 'healed'
  | 'back_in_rotation'
  | 'full_capacity'

export function timelineOf(frame: Frame, episodes: readonly Episode[], metrics: Metrics): Timeline {
  const { probes, fault } = frame
  const first = episodes[0]
  const last = episodes.at(-1)
  const out = leftRotation(frame)
  const back = backInRotation(frame)
  const heal = frame.events.find(event => event.type === 'fault' && event.action === 'heal')
  const noBad = { value: null, reason: 'no bad probe' } as const
  const probeMark = (index: number): Measured<Bracketed> => ({
    value: {
      value: (at(probes.dueUs, index) - fault.atUs) / 1000,
      lower: (at(probes.sentUs, index) - fault.upperUs) / 1000,
      upper: (at(probes.endedUs, index) - fault.lowerUs) / 1000,
    },
  })
  return {
    first_bad: first ? probeMark(first.firstBad) : noBad,
    out_of_rotation: out ? { value: sinceFault(frame, out) } : asMark(metrics.detection_ms, frame),
    last_bad: last ? probeMark(last.lastBad) : noBad,
    steady: asMark(metrics.recovery_ms, frame),
    healed:
      heal?.type === 'fault'
        ? { value: { ...sinceFault(frame, heal), upper: (heal.returnedUs - fault.lowerUs) / 1000 } }
        : { value: null, reason: 'the fault was not undone in this run' },
    back_in_rotation: back
      ? { value: sinceFault(frame, back) }
      : { value: null, reason: 'no balancer told that the target was back in rotation' },
    full_capacity: asMark(metrics.capacity_restored_ms, frame),
  }
}

/** A time that probes gave is known to one period of theirs, and to the fault instant's own bounds. */
function asMark(metric: Measured<number | Bracketed>, { plan, fault }: Frame): Measured<Bracketed> {
  if (metric.value === null) return metric
  if (typeof metric.value !== 'number') return { value: metric.value }
  const periodMs = 1000 / plan.probes.ratePerSecond
  const before = (fault.upperUs - fault.atUs) / 1000 + periodMs
  const after = (fault.atUs - fault.lowerUs) / 1000 + periodMs
  return {
    value: { value: metric.value, lower: Math.max(0, metric.value - before), upper: metric.value + after },
  }
}

import type { Episode } from './episodes.ts'
import type { Frame } from './frame.ts'
import { backInRotation, sinceFault } from './metrics/detection.ts'
import type { Bracketed, Measured, Metrics } from './metrics.ts'
import { groupOf, type PeerGroup } from './peers.ts'
import { at, firstDueFrom } from './probes.ts'
import { upAgainUs } from './up-again.ts'

/** The marks of a trial on its one clock, each in ms since the fault instant, in the order in which they should come. */
export type Timeline = Readonly<Record<Mark, Measured<Bracketed>>>

export type Mark =
  | 'fault'
  | 'first_bad'
  | 'out_of_rotation'
  | 'last_bad'
  | 'steady'
  | 'healed'
  | 'replacement_in_rotation'
  | 'full_capacity'

export function timelineOf(
  frame: Frame,
  [episode]: readonly Episode[],
  metrics: Metrics,
  groups: readonly PeerGroup[],
): Timeline {
  const noBad = { value: null, reason: 'no bad probe' } as const
  return {
    fault: { value: sinceFault(frame, frame.fault) },
    first_bad: episode ? probeMark(frame, episode.firstBad) : noBad,
    out_of_rotation: metrics.detection_ms,
    last_bad: episode ? probeMark(frame, episode.lastBad) : noBad,
    steady: asMark(metrics.recovery_ms, frame),
    healed: healed(frame),
    replacement_in_rotation: inRotationAgain(frame, groups),
    full_capacity: asMark(metrics.capacity_restored_ms, frame),
  }
}

function healed(frame: Frame): Measured<Bracketed> {
  const { heal } = frame
  if (!heal) return { value: null, reason: 'the fault was not undone in this run' }
  const { value, lower } = sinceFault(frame, heal)
  return { value: { value, lower, upper: Math.ceil(heal.returnedUs - frame.fault.lowerUs) / 1000 } }
}

/** As the balancer told it; else the first answer that names the target after it can have been up again. */
function inRotationAgain(frame: Frame, groups: readonly PeerGroup[]): Measured<Bracketed> {
  const back = backInRotation(frame)
  if (back) return { value: sinceFault(frame, back) }
  const { probes, plan } = frame
  const { peerOf } = groupOf(groups, plan.target)
  const fromUs = upAgainUs(frame, plan.target) ?? Number.POSITIVE_INFINITY
  for (let index = firstDueFrom(probes, fromUs); index < probes.length; index += 1) {
    if (probes.good[index] && peerOf(at(probes.instance, index))?.id === plan.target.id)
      return probeMark(frame, index)
  }
  return { value: null, reason: `neither a balancer nor an answer told that ${plan.target.name} was back` }
}

function probeMark({ probes, fault }: Frame, index: number): Measured<Bracketed> {
  return {
    value: {
      value: (at(probes.dueUs, index) - fault.atUs) / 1000,
      lower: Math.min(at(probes.dueUs, index) - fault.atUs, at(probes.sentUs, index) - fault.upperUs) / 1000,
      upper: (at(probes.endedUs, index) - fault.lowerUs) / 1000,
    },
  }
}

/** A time that probes gave is known to one period of theirs, and to the fault instant's own bounds. */
function asMark(metric: Measured<number>, { periodUs, fault }: Frame): Measured<Bracketed> {
  if (metric.value === null) return metric
  const { value, bounds } = metric
  if (bounds) return { value: { value, ...bounds } }
  const before = (fault.upperUs - fault.atUs + periodUs) / 1000
  const after = (fault.atUs - fault.lowerUs + periodUs) / 1000
  return { value: { value, lower: Math.max(0, value - before), upper: value + after } }
}

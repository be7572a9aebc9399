import type { Frame } from '../frame.ts'
import type { Measured } from '../metrics.ts'
import type { PeerOf } from '../peers.ts'
import { at } from '../probes.ts'
import { counterOf, windowsOf } from '../windows.ts'

const FULL_SHARE = 0.8

/**
 * Fault instant → the first W in which the target, up again, gives at least 80 % of its fair share (one part
 * in so many as there are peers) of all probes. It begins with an answer of the target's own: W before that
 * could hold 80 % too.
 */
export function capacityRestoredMs(frame: Frame, peerOf: PeerOf): Measured<number> {
  const { probes, plan, fault, endUs } = frame
  const { target, peers, timing, instanceHeader } = plan
  const backUs = upAgainUs(frame)
  if (backUs === null) return { value: null, reason: 'the fault was not undone in this run' }
  const byTarget = (index: number) =>
    probes.good[index] === 1 && peerOf(at(probes.instance, index))?.id === target.id
  const targetIn = counterOf(byTarget)
  if (!probes.instance.some(index => peerOf(index) !== undefined))
    return { value: null, reason: `no answer named a peer of ${target.name} in \`${instanceHeader}\`` }
  let soonestUs = backUs
  const sweep = { startUs: backUs, widthUs: timing.steadyWindowMs * 1000, endUs }
  for (const window of windowsOf(probes, sweep)) {
    const { startUs, from, to } = window
    soonestUs = startUs
    if (from < to && at(probes.dueUs, from) === startUs && byTarget(from)) {
      if (targetIn(window) / (to - from) >= FULL_SHARE / peers.length)
        return { value: (startUs - fault.atUs) / 1000 }
    }
  }
  return {
    value: null,
    reason: `the run ended before ${target.name} had carried ${100 * FULL_SHARE} % of its fair share for ${timing.steadyWindowMs} ms`,
    atLeast: Math.max(0, soonestUs - fault.upperUs) / 1000,
  }
}

/** When the target can first have been up again: the engine started it (a restart policy), or the fault was undone. */
export function upAgainUs({ events, plan, fault, healed, healUs }: Frame): number | null {
  const start = events.find(
    event =>
      event.type === 'engine' &&
      event.action === 'start' &&
      event.container.id === plan.target.id &&
      event.atUs > fault.lowerUs,
  )
  if (!start) return healed ? healUs : null
  const earliestUs = start.atUs - (start.errorUs ?? 0)
  return healed ? Math.min(healUs, earliestUs) : earliestUs
}

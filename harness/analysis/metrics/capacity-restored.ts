import type { ContainerRef } from '../../history/event.ts'
import type { Frame } from '../frame.ts'
import type { Measured } from '../metrics.ts'
import { groupOf, type PeerGroup } from '../peers.ts'
import { at } from '../probes.ts'
import { upAgainUs } from '../up-again.ts'
import { watchedTargets } from '../watched-targets.ts'
import { counterOf, windowsOf } from '../windows.ts'

const FULL_SHARE = 0.8

/**
 * Fault instant → the first W in which the target, up again, gives at least 80 % of its fair share (one part
 * in so many as there are peers) of all probes. It begins with an answer of the target's own: W before that
 * could hold 80 % too. Of several targets, the last of those that answers name.
 */
export function capacityRestoredMs(frame: Frame, groups: readonly PeerGroup[]): Measured<number> {
  const all = watchedTargets(frame).map(target => ({ target, group: groupOf(groups, target) }))
  const named = all.filter(({ group }) =>
    frame.probes.instance.some(index => group.peerOf(index) !== undefined),
  )
  const measured = (named.length > 0 ? named : all.slice(0, 1)).map(({ target, group }) =>
    restoredMs(frame, target, group),
  )
  const missing = measured.find(({ value }) => value === null)
  const [latest] = measured.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))
  return missing ?? latest ?? { value: null, reason: 'nothing was struck' }
}

function restoredMs(frame: Frame, target: ContainerRef, { peers, peerOf }: PeerGroup): Measured<number> {
  const { probes, plan, fault, endUs } = frame
  const { timing, instanceHeader } = plan
  const backUs = upAgainUs(frame, target)
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

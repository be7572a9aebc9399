import type { Frame } from '../analysis/frame.ts'
import { at } from '../analysis/probes.ts'

/** How clients fared while the fault held: from the fault to its undoing. Times in ms. */
export interface Held {
  readonly heldMs: number
  /** Part of the probes due in that time that were not answered in it, 0..1; `null` if none was due. */
  readonly lostShare: number | null
  /** The longest stretch of which no probe was answered, by due time. */
  readonly longestOutageMs: number
  /** How long every probe had been answered when the fault was undone. */
  readonly cleanMs: number
}

/**
 * What a client still waits for when the fault is undone may be answered after all, thanks to the undoing: one that
 * had waited for longer than a steady system takes counts as lost here, and a later one says nothing.
 */
export function heldOf(frame: Frame): Held {
  const { probes, fault, healUs, periodUs, firstTouched, longestSteadyUs } = frame
  let total = 0
  let lost = 0
  let longestUs = 0
  let outageFromUs: number | null = null
  let lastLostUs = fault.atUs
  for (let index = firstTouched; index < probes.length && at(probes.dueUs, index) < healUs; index += 1) {
    const dueUs = at(probes.dueUs, index)
    const isOpen = at(probes.endedUs, index) > healUs
    if (isOpen && healUs - dueUs <= longestSteadyUs) continue
    total += 1
    if (probes.good[index] && !isOpen) {
      outageFromUs = null
      continue
    }
    lost += 1
    outageFromUs ??= dueUs
    longestUs = Math.max(longestUs, dueUs + periodUs - outageFromUs)
    lastLostUs = Math.max(lastLostUs, dueUs + periodUs)
  }
  const sinceUs = (us: number) => Math.max(0, healUs - us)
  return {
    heldMs: sinceUs(fault.atUs) / 1000,
    lostShare: total === 0 ? null : lost / total,
    longestOutageMs: longestUs / 1000,
    cleanMs: sinceUs(lastLostUs) / 1000,
  }
}

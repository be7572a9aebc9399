import type { Bracketed } from './metrics.ts'
import { at, type Probes } from './probes.ts'

/** A stretch of bad probes, ended by W without one. Indexes into the probes. */
export interface Episode {
  readonly firstBad: number
  readonly lastBad: number
  readonly bad: number
  /** From the first bad probe to the first good one after the last bad, by due time; `null` if none followed. */
  readonly windowMs: Bracketed | null
}

/** All episodes from the probe `from` on. */
export function episodesFrom(probes: Probes, from: number, steadyWindowUs: number): Episode[] {
  const episodes: Episode[] = []
  let open: { firstBad: number; lastBad: number; bad: number } | undefined
  for (let index = from; index < probes.length; index += 1) {
    if (probes.good[index]) continue
    if (open && at(probes.dueUs, index) - at(probes.dueUs, open.lastBad) <= steadyWindowUs) {
      open.lastBad = index
      open.bad += 1
      continue
    }
    if (open) episodes.push({ ...open, windowMs: errorWindow(probes, open.firstBad, open.lastBad) })
    open = { firstBad: index, lastBad: index, bad: 1 }
  }
  if (open) episodes.push({ ...open, windowMs: errorWindow(probes, open.firstBad, open.lastBad) })
  return episodes
}

/**
 * The system was down at some instant between a bad probe's sending and its end, and up at some instant
 * between a good one's. So it was down for at least (last bad sent − first bad ended), and for at most
 * (first good after, ended − last good before, sent). Late probes widen this; they cannot make it wrong.
 */
function errorWindow(probes: Probes, firstBad: number, lastBad: number): Bracketed | null {
  const after = nextGood(probes, lastBad)
  if (after === null) return null
  const before = previousGood(probes, firstBad)
  const lower = Math.max(0, at(probes.sentUs, lastBad) - at(probes.endedUs, firstBad))
  const value = at(probes.dueUs, after) - at(probes.dueUs, firstBad)
  const upper = at(probes.endedUs, after) - (before === null ? 0 : at(probes.sentUs, before))
  return { value: value / 1000, lower: lower / 1000, upper: upper / 1000 }
}

/**
 * Without a bad probe the window is 0, but an outage shorter than the gap between two good ones could hide:
 * the upper bound is the longest such gap, from the sending of one to the end of the next.
 */
export function hiddenWindow(probes: Probes, from: number): Bracketed {
  let longestUs = 0
  for (let index = Math.max(1, from); index < probes.length; index += 1) {
    longestUs = Math.max(longestUs, at(probes.endedUs, index) - at(probes.sentUs, index - 1))
  }
  return { value: 0, lower: 0, upper: longestUs / 1000 }
}

function nextGood(probes: Probes, after: number): number | null {
  for (let index = after + 1; index < probes.length; index += 1) if (probes.good[index]) return index
  return null
}

function previousGood(probes: Probes, before: number): number | null {
  for (let index = before - 1; index >= 0; index -= 1) if (probes.good[index]) return index
  return null
}

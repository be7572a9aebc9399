import type { Episode } from '../episodes.ts'
import type { Frame } from '../frame.ts'
import { earliestEndFrom, longestGoodGapUs } from '../good-gap.ts'
import type { Bracketed, Measured } from '../metrics.ts'
import { at, type Probes } from '../probes.ts'
import { laterBlows } from '../struck.ts'

/**
 * Of the first episode; without one, `hiddenWindow`. Where faults came later than the first, an episode that follows is
 * no relapse but theirs: then it is the longest of all.
 */
export function errorWindowMs(frame: Frame, episodes: readonly Episode[]): Measured<Bracketed> {
  const counted = laterBlows(frame.struck).length > 0 ? episodes : episodes.slice(0, 1)
  const [longest] = counted
    .map(episode => windowOf(frame.probes, episode))
    .toSorted((a, b) => upperOf(b) - upperOf(a))
  return longest ?? { value: hiddenWindow(frame) }
}

function upperOf({ value }: Measured<Bracketed>): number {
  return value?.upper ?? Number.POSITIVE_INFINITY
}

/**
 * From the first bad probe to the first good one after the last bad one, by due time.
 *
 * A bad probe says that the system was down at some instant between its sending and its end; a good one,
 * that it was up at one. So it was down for at least (last bad sent − first bad ended), and for at most
 * (first good after, ended − last good before, sent). "First" and "last" are meant in time. Late probes widen
 * this; they cannot make it wrong. One assumption is in it: probes that hang until their deadline count as bad
 * from when a steady system would have answered, once the fault had struck (decision 005). The value, which
 * goes by due times, is held within the two.
 */
export function windowOf(probes: Probes, episode: Episode): Measured<Bracketed> {
  const { firstBad, firstGoodAfter, metUs, latestBadSentUs } = episode
  const lowerUs = Math.max(0, latestBadSentUs - metUs)
  if (firstGoodAfter === null) {
    const reason = 'the run ended before a probe was good again'
    return { value: null, reason, atLeast: lowerUs / 1000 }
  }
  const before = lastGoodBefore(probes, firstBad)
  if (before === null) return { value: null, reason: 'no probe was good before the first bad one' }
  const upperUs = Math.max(
    lowerUs,
    earliestEndFrom(probes, firstGoodAfter) - at(probes.sentUs, before),
    longestGoodGapUs(probes, ...doubtful(probes, episode, before, firstGoodAfter)),
  )
  const valueUs = at(probes.dueUs, firstGoodAfter) - at(probes.dueUs, firstBad)
  return {
    value: {
      value: Math.min(upperUs, Math.max(lowerUs, valueUs)) / 1000,
      lower: lowerUs / 1000,
      upper: upperUs / 1000,
    },
  }
}

/**
 * No bad probe: the window is 0. An outage so short that it fell between two good probes could still hide:
 * the longest that could, anywhere from the fault to the end of the run, is the upper bound.
 */
function hiddenWindow({ probes, firstTouched }: Frame): Bracketed {
  const longestUs = longestGoodGapUs(probes, Math.max(0, firstTouched - 1), probes.length - 1)
  return { value: 0, lower: 0, upper: longestUs / 1000 }
}

/**
 * A slow bad probe may have met the outage after later, quicker, good ones had passed. Those that certainly
 * passed before it had ended before a bad one was sent; those certainly after were sent after one had ended;
 * between the two the outage may lie in any gap.
 */
function doubtful(probes: Probes, episode: Episode, before: number, after: number): [number, number] {
  let from = before
  while (from > 0 && !(probes.good[from] && at(probes.endedUs, from) <= episode.latestBadSentUs)) from -= 1
  let to = after
  const last = probes.length - 1
  while (to < last && !(probes.good[to] && at(probes.sentUs, to) >= episode.earliestBadEndUs)) to += 1
  return [from, to]
}

function lastGoodBefore(probes: Probes, before: number): number | null {
  for (let index = before - 1; index >= 0; index -= 1) if (probes.good[index]) return index
  return null
}

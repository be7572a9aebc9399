import { at, type Probes } from './probes.ts'

/**
 * The longest time for which a system can have been down without a good probe among `from` to `to` telling of
 * it: between two that follow each other, from the sending of the one to the earliest end of any later one.
 * (A probe that was answered late proves less than one after it that was answered at once.) `to` is the last
 * index; in µs.
 */
export function longestGoodGapUs(probes: Probes, from: number, to: number): number {
  let longestUs = 0
  let earliestEndUs = earliestEndFrom(probes, to + 1)
  for (let index = to; index >= from; index -= 1) {
    if (!probes.good[index]) continue
    if (earliestEndUs !== Number.POSITIVE_INFINITY)
      longestUs = Math.max(longestUs, earliestEndUs - at(probes.sentUs, index))
    earliestEndUs = Math.min(earliestEndUs, at(probes.endedUs, index))
  }
  return longestUs
}

/** When the first of the good probes from an index on had ended; infinite if there is none. Reads no further than it must. */
export function earliestEndFrom(probes: Probes, from: number): number {
  let earliestUs = Number.POSITIVE_INFINITY
  for (let index = from; index < probes.length && at(probes.dueUs, index) < earliestUs; index += 1) {
    if (probes.good[index]) earliestUs = Math.min(earliestUs, at(probes.endedUs, index))
  }
  return earliestUs
}

import { OUTCOMES, type Outcome } from '../history/sample.ts'
import type { Frame } from './frame.ts'
import { at, type Probes } from './probes.ts'

const DEADLINE = OUTCOMES.indexOf('deadline')

/** A stretch of bad probes that W without one ended, or the run. Indexes into the probes. */
export interface Episode {
  readonly firstBad: number
  readonly lastBad: number
  readonly bad: number
  /** Of all that were sent from the first bad one to the last. */
  readonly probes: number
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>
  /** First good probe after the last bad one, by due time; `null` if the run ended before there was one. */
  readonly firstGoodAfter: number | null
  /** When the earliest to end of the bad probes had ended, and when the latest to be sent was. */
  readonly earliestBadEndUs: number
  /** By when a bad probe had met the outage: it had ended, or several hung for longer than a steady system takes. */
  readonly metUs: number
  readonly latestBadSentUs: number
}

/** The first one tells the error window; later ones are relapses. */
export function episodesOf(frame: Frame): Episode[] {
  const { probes, bad, plan } = frame
  const steadyWindowUs = plan.timing.steadyWindowMs * 1000
  const stretches: number[][] = []
  for (const index of bad) {
    const open = stretches.at(-1)
    const last = open?.at(-1)
    if (open && last !== undefined && !isOver(probes, last, index, steadyWindowUs)) open.push(index)
    else stretches.push([index])
  }
  return stretches.map(stretch => episodeOf(frame, stretch))
}

/** W without a bad probe ends an episode, if there were good ones in it: a gap in the probes proves nothing. */
function isOver(probes: Probes, lastBad: number, nextBad: number, steadyWindowUs: number): boolean {
  return at(probes.dueUs, nextBad) - at(probes.dueUs, lastBad) > steadyWindowUs && nextBad - lastBad > 1
}

function episodeOf(frame: Frame, stretch: readonly number[]): Episode {
  const { probes } = frame
  const [firstBad = 0] = stretch
  const lastBad = stretch.at(-1) ?? firstBad
  const outcomes: Partial<Record<Outcome, number>> = {}
  let earliestBadEndUs = Number.POSITIVE_INFINITY
  let latestBadSentUs = 0
  for (const index of stretch) {
    const outcome = OUTCOMES[at(probes.outcome, index)] ?? 'malformed'
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    earliestBadEndUs = Math.min(earliestBadEndUs, at(probes.endedUs, index))
    latestBadSentUs = Math.max(latestBadSentUs, at(probes.sentUs, index))
  }
  return {
    firstBad,
    lastBad,
    bad: stretch.length,
    probes: lastBad - firstBad + 1,
    outcomes,
    firstGoodAfter: lastBad + 1 < probes.length ? nextGood(probes, lastBad + 1) : null,
    earliestBadEndUs,
    metUs: Math.min(earliestBadEndUs, hungByUs(frame, stretch)),
    latestBadSentUs,
  }
}

/** One request may be slow for a reason of its own; not so many. */
const HANGING = 3

/**
 * A probe that ends at its deadline only tells that late of what it met long before. One that has waited longer
 * than any answer of the baseline took is taken to have met the outage by then, if several have, and the fault
 * had struck: without this, a silent outage would be known to a deadline only. That they hang because of the
 * fault is an assumption; that a request which was refused, reset or answered met it before its end is not, and
 * so only deadlines count here.
 */
function hungByUs({ probes, fault, longestSteadyUs }: Frame, stretch: readonly number[]): number {
  let hanging = 0
  for (const index of stretch) {
    if (at(probes.outcome, index) !== DEADLINE) continue
    hanging += 1
    if (hanging === HANGING) return Math.max(fault.upperUs, at(probes.sentUs, index) + longestSteadyUs)
  }
  return Number.POSITIVE_INFINITY
}

function nextGood(probes: Probes, from: number): number | null {
  for (let index = from; index < probes.length; index += 1) if (probes.good[index]) return index
  return null
}

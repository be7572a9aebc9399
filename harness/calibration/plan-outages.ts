import { randomFrom } from '../plan/random.ts'
import { OUTAGE_WAYS, type PlannedOutage } from './outage.ts'

/** In ms. From less than a bin to many deadlines. */
const LENGTHS_MS = [50, 100, 200, 500, 1000, 3000]
/** The shortest that a gate's own calibration still learns something from. */
const BRIEF_LENGTHS_MS = [50, 300]
/** An outage of so many probe periods is met by some probe. */
const MET_PERIODS = 3
/** Added to each, so that none is a whole number of probe periods. */
const JITTER_US = 10_000

/** Each way for each length, `rounds` times, in an order that the seed draws. */
export function planOutages(rounds: number, seed: number): PlannedOutage[] {
  return shuffled(LENGTHS_MS, rounds, seed)
}

/** Each way once with a short outage and once with a longer one; none so short that no probe would meet it. */
export function planBriefOutages(seed: number, periodMs: number): PlannedOutage[] {
  return shuffled(
    BRIEF_LENGTHS_MS.map(ms => Math.max(ms, MET_PERIODS * periodMs)),
    1,
    seed,
  )
}

function shuffled(lengthsMs: readonly number[], rounds: number, seed: number): PlannedOutage[] {
  const random = randomFrom(seed, 'calibration')
  const outages: PlannedOutage[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const way of OUTAGE_WAYS) {
      for (const lengthMs of lengthsMs) {
        outages.splice(random.below(outages.length + 1), 0, {
          way,
          lengthMs: lengthMs + random.below(JITTER_US) / 1000,
        })
      }
    }
  }
  return outages
}

import { type ClockOffset, TrialClock } from '../../clock/trial-clock.ts'
import { wallOffsetNs } from '../../clock/wall-clock.ts'
import { type Check, engineCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

const TRIPS = 5
/** A fault instant known no better than this makes the 100 ms of a valid bracket hard to keep. */
const WIDEST_MS = 50
/** The wall clock is read to the millisecond. */
const TICK_NS = 1_000_000n

export const clock: Check = {
  ...engineCheck('engine’s clock', async ({ api }) => {
    const trips = await api.measureClock(TRIPS)
    const bound = new TrialClock(process.hrtime.bigint()).boundEngine(trips)
    return judgeClock(bound, wallOffsetNs())
  }),
  pace: 'alone',
}

/** Only the width matters to a measurement: the offset is bounded in each run anew. */
export function judgeClock({ lowerNs, upperNs }: ClockOffset, wallNs: bigint): Finding {
  const widthMs = Number(upperNs - lowerNs) / 1e6
  const aheadMs = { from: Number(lowerNs - wallNs - TICK_NS) / 1e6, to: Number(upperNs - wallNs) / 1e6 }
  const what = `${shown(aheadMs.from)} to ${shown(aheadMs.to)} ms ahead of this machine’s, known to ${widthMs.toFixed(1)} ms`
  if (widthMs <= WIDEST_MS) return fine(what)
  return limited(
    what,
    'Fault instants are known no better than that, which widens detection and recovery; an engine that answers sooner narrows them.',
  )
}

function shown(ms: number): string {
  return ms.toFixed(1).replace('-', '−')
}

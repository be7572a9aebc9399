import type { CalibratedOutage } from './judge-outage.ts'

/**
 * `fail`: of the measurements that would count in a trial, a bracket does not hold the truth, or windows are
 * further from it than two probe periods: no number can be trusted. `invalid`: too few would count, since the
 * machine is too busy.
 */
export interface Calibration {
  readonly schema: 1
  readonly status: 'pass' | 'fail' | 'invalid'
  readonly reasons: readonly string[]
  readonly rate_per_second: number
  readonly outages: readonly CalibratedOutage[]
  readonly summary: {
    readonly outages: number
    /** How many brackets held the truth, how many windows were within two probe periods of it; of all. */
    readonly bracket_holds: number
    readonly within_two_periods: number
    readonly valid: number
    readonly median_bracket_ms: number | null
    readonly longest_error_ms: number | null
  }
}

/** A machine that spoils more than a tenth of the measurements is not one to measure on. */
const FEWEST_VALID = 0.9

/** In so many of those that count, at least one, the window may be further from the truth: a start that fell badly. */
const MOST_FAR_OFF = 0.01

export function judgeCalibration(outages: readonly CalibratedOutage[], ratePerSecond: number): Calibration {
  const twoPeriodsMs = 2000 / ratePerSecond
  const isNear = ({ error_ms }: CalibratedOutage) => error_ms !== null && Math.abs(error_ms) <= twoPeriodsMs
  const counting = outages.filter(({ invalid }) => invalid.length === 0)
  const missed = counting.filter(({ bracket }) => bracket !== 'holds-the-truth')
  const farOff = counting.filter(outage => !isNear(outage))
  const isTooFarOff = farOff.length > Math.max(1, MOST_FAR_OFF * counting.length)
  const isTooFew = counting.length < outages.length * FEWEST_VALID
  // Where too few count, the machine is in the way, and windows that are far off say no more than that.
  const isWrong = missed.length > 0 || (isTooFarOff && !isTooFew) || outages.length === 0
  const errors = outages.flatMap(({ error_ms }) => (error_ms === null ? [] : Math.abs(error_ms)))
  return {
    schema: 1,
    status: isWrong ? 'fail' : isTooFew ? 'invalid' : 'pass',
    reasons: [
      ...(outages.length === 0 ? ['No outage was measured.'] : []),
      ...missed.map(sayMissed),
      ...(isTooFarOff
        ? [`${farOff.length} windows are further than ${twoPeriodsMs} ms from the truth.`]
        : []),
      ...(isTooFew ? [sayTooFew(outages, counting.length)] : []),
    ],
    rate_per_second: ratePerSecond,
    outages,
    summary: {
      outages: outages.length,
      bracket_holds: outages.filter(({ bracket }) => bracket === 'holds-the-truth').length,
      within_two_periods: outages.filter(isNear).length,
      valid: counting.length,
      median_bracket_ms: median(
        outages.flatMap(({ window_ms }) => (window_ms ? window_ms.upper - window_ms.lower : [])),
      ),
      longest_error_ms: errors.length === 0 ? null : Math.max(...errors),
    },
  }
}

function sayMissed({ way, truth_ms, window_ms }: CalibratedOutage): string {
  const truth = `${way}: it was truly down for ${truth_ms.lower.toFixed(1)} ms`
  if (!window_ms) return `${truth}, and no error window could be measured.`
  return `${truth}, outside the bracket, ${window_ms.lower.toFixed(1)} to ${window_ms.upper.toFixed(1)} ms.`
}

function sayTooFew(outages: readonly CalibratedOutage[], valid: number): string {
  const reason = outages.flatMap(({ invalid }) => invalid)[0] ?? ''
  return `Only ${valid} of ${outages.length} measurements would count; the first that would not: ${reason}`
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1)
  return middle.length === 0 ? null : Number((middle.reduce((a, b) => a + b) / middle.length).toFixed(3))
}

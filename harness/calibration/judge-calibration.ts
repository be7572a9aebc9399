import type { CalibratedOutage } from './judge-outage.ts'

/**
 * `fail`: a bracket that does not hold the truth, so that no number can be trusted. `invalid`: every bracket
 * holds it, but too few of them are narrow enough to be of use: the machine is too busy.
 */
export interface Calibration {
  readonly schema: 1
  readonly status: 'pass' | 'fail' | 'invalid'
  readonly reasons: readonly string[]
  readonly rate_per_second: number
  readonly outages: readonly CalibratedOutage[]
  readonly summary: {
    readonly outages: number
    /** How many brackets held the truth, how many windows were within two probe periods of it. */
    readonly bracket_holds: number
    readonly within_two_periods: number
    readonly valid: number
    readonly median_bracket_ms: number | null
    readonly longest_error_ms: number | null
  }
}

/** A machine that spoils more than a tenth of the measurements is not one to measure on. */
const FEWEST_VALID = 0.9

export function judgeCalibration(outages: readonly CalibratedOutage[], ratePerSecond: number): Calibration {
  const periodMs = 1000 / ratePerSecond
  const windows = outages.flatMap(({ window_ms }) => window_ms ?? [])
  const errors = outages.flatMap(({ error_ms }) => (error_ms === null ? [] : Math.abs(error_ms)))
  const missed = outages.filter(({ bracket }) => bracket !== 'holds-the-truth')
  const valid = outages.filter(({ invalid }) => invalid.length === 0).length
  const isTooFew = valid < outages.length * FEWEST_VALID
  return {
    schema: 1,
    status: missed.length > 0 || outages.length === 0 ? 'fail' : isTooFew ? 'invalid' : 'pass',
    reasons: [
      ...(outages.length === 0 ? ['No outage was measured.'] : []),
      ...missed.map(sayMissed),
      ...(isTooFew ? [sayTooFew(outages, valid)] : []),
    ],
    rate_per_second: ratePerSecond,
    outages,
    summary: {
      outages: outages.length,
      bracket_holds: outages.length - missed.length,
      within_two_periods: errors.filter(error => error <= 2 * periodMs).length,
      valid,
      median_bracket_ms: median(windows.map(({ lower, upper }) => upper - lower)),
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

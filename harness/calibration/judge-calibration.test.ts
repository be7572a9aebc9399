import { expect, test } from 'vitest'
import { judgeCalibration } from './judge-calibration.ts'
import type { CalibratedOutage } from './judge-outage.ts'

const measured = (change: Partial<CalibratedOutage> = {}): CalibratedOutage => ({
  way: '503',
  truth_ms: { lower: 199.9, upper: 200.1 },
  window_ms: { value: 210, lower: 190, upper: 212 },
  error_ms: 10,
  bracket: 'holds-the-truth',
  invalid: [],
  ...change,
})
const times = (count: number, outage: CalibratedOutage) => Array.from({ length: count }, () => outage)

test('all brackets hold the truth', () => {
  expect(judgeCalibration(times(24, measured()), 100)).toMatchObject({
    status: 'pass',
    reasons: [],
    summary: {
      outages: 24,
      bracket_holds: 24,
      within_two_periods: 24,
      valid: 24,
      median_bracket_ms: 22,
      longest_error_ms: 10,
    },
  })
})

test('one that does not is a failure, however many do', () => {
  const window_ms = { value: 150, lower: 140, upper: 160 }
  const missed = measured({ window_ms, error_ms: -50, bracket: 'misses-the-truth' })
  expect(judgeCalibration([...times(99, measured()), missed], 100)).toMatchObject({
    status: 'fail',
    reasons: ['503: it was truly down for 199.9 ms, outside the bracket, 140.0 to 160.0 ms.'],
    summary: { bracket_holds: 99, within_two_periods: 99, longest_error_ms: 50 },
  })
})

test('one that was not measured is a failure too', () => {
  const missing = measured({ window_ms: null, error_ms: null, bracket: 'missing' })
  expect(judgeCalibration([missing], 100)).toMatchObject({
    status: 'fail',
    reasons: ['503: it was truly down for 199.9 ms, and no error window could be measured.'],
    summary: { median_bracket_ms: null, longest_error_ms: null },
  })
})

test('brackets that hold the truth are not enough: windows must be near it', () => {
  const far = measured({ window_ms: { value: 299, lower: 190, upper: 300 }, error_ms: 99 })
  expect(judgeCalibration([...times(23, measured()), far], 100).status).toBe('pass')
  expect(judgeCalibration([...times(22, measured()), far, far], 100)).toMatchObject({
    status: 'fail',
    reasons: ['2 windows are further than 20 ms from the truth.'],
  })
})

test('by a measurement that would not count nothing is claimed, and so nothing is wrong', () => {
  const spoilt = { invalid: ['2 of about 70 probes were bad before anything was broken.'] }
  const missed = measured({ ...spoilt, error_ms: 600, bracket: 'misses-the-truth' })
  const missing = measured({ ...spoilt, window_ms: null, error_ms: null, bracket: 'missing' })
  expect(judgeCalibration([...times(23, measured()), missed], 100).status).toBe('pass')
  expect(judgeCalibration([...times(6, measured()), missed, missing], 100).status).toBe('invalid')
})

test('a machine on which more than a tenth would not count is not one to measure on', () => {
  const wide = measured({ invalid: ['The error window is known to 300 ms only.'] })
  expect(judgeCalibration([...times(9, measured()), wide], 100).status).toBe('pass')
  expect(judgeCalibration([...times(8, measured()), wide, wide], 100)).toMatchObject({
    status: 'invalid',
    reasons: [expect.stringMatching(/^Only 8 of 10 measurements would count; .* known to 300 ms only\.$/)],
  })
})

test('nothing measured is no pass', () => {
  expect(judgeCalibration([], 100)).toMatchObject({ status: 'fail', reasons: ['No outage was measured.'] })
})

import { describe, expect, test } from 'vitest'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { fewestTrialsFor, parseSlo, requireEnoughTrials } from './slo.ts'

describe('the forms that docs/measurement.md shows are understood', () => {
  test.each([
    ['error_window_ms max < 2500', 'error_window_ms', { kind: 'max' }, '<', 2500],
    ['recovery_ms p(90) < 3000', 'recovery_ms', { kind: 'percentile', percent: 90 }, '<', 3000],
    ['lost_ms max < 800', 'lost_ms', { kind: 'max' }, '<', 800],
    ['bad_share rate < 0.001', 'bad_share', { kind: 'rate' }, '<', 0.001],
    ['censored count == 0', 'censored', { kind: 'count' }, '==', 0],
    ['recovery_ms p(99.9)<=2.5s', 'recovery_ms', { kind: 'percentile', percent: 99.9 }, '<=', 2500],
    ['  outage_ms   median >= 800ms ', 'outage_ms', { kind: 'median' }, '>=', 800],
    ['capacity_restored_ms mean < 1m', 'capacity_restored_ms', { kind: 'mean' }, '<', 60_000],
    ['bad_share max < 0.1%', 'bad_share', { kind: 'max' }, '<', 0.001],
    ['lost_requests min != 3', 'lost_requests', { kind: 'min' }, '!=', 3],
    ['error_window_ms count < 2', 'error_window_ms', { kind: 'count' }, '<', 2],
  ])('%s', (rule, metric, aggregate, operator, limit) => {
    expect(parseSlo(rule)).toEqual({ rule: rule.trim(), metric, aggregate, operator, limit })
  })
})

test.each([
  ['error_windw_ms max < 2500', 'there is no metric `error_windw_ms`; did you mean `error_window_ms`?'],
  ['recover max < 2500', 'there is no metric `recover`; did you mean `recovery_ms`?'],
  ['error_window_ms < 2500', 'it is not of the form METRIC AGGREGATE OPERATOR VALUE'],
  ['', 'it is not of the form METRIC AGGREGATE OPERATOR VALUE'],
  [
    'error_window_ms p90 < 1',
    '`p90` is not an aggregate; those are max, min, median, mean, rate, count and p(90)',
  ],
  ['error_window_ms p(100) < 1', '`p(100)` must lie between p(0) and p(100)'],
  ['error_window_ms max =< 1', '`=<` is not an operator; those are < <= > >= == !='],
  ['error_window_ms max = 1', '`=` is not an operator; those are < <= > >= == !='],
  ['error_window_ms max < fast', '`fast` is not a number, or it is below 0'],
  ['error_window_ms max < -1', '`-1` is not a number, or it is below 0'],
  ['error_window_ms max < 5h', '`5h`: the value of error_window_ms max can be given only in ms, s, m'],
  ['bad_share rate < 5ms', '`5ms`: the value of bad_share rate can be given only in %'],
  ['lost_requests max < 5ms', '`5ms`: the value of lost_requests max can be given without a unit'],
  ['error_window_ms count < 2s', '`2s`: the value of error_window_ms count can be given without a unit'],
  ['recovery_ms rate < 2s', '`rate` is for shares (bad_share, censored); for recovery_ms write `mean`'],
])('%s', (rule, why) => {
  expect(() => parseSlo(rule)).toThrow(
    expect.objectContaining({
      code: 'SLO_INVALID',
      message: `The SLO \`${rule}\` is not valid: ${why}.`,
      exitCode: 2,
      advice: expect.stringContaining('error_window_ms max < 2500'),
    }),
  )
})

test('p(q) needs so many trials that it is not simply the worst', () => {
  const fewest = (percent: number) => fewestTrialsFor({ aggregate: { kind: 'percentile', percent } })
  expect([50, 75, 90, 95, 99, 99.9].map(fewest)).toEqual([2, 4, 10, 20, 100, 1000])
  expect(fewestTrialsFor({ aggregate: { kind: 'max' } })).toBe(1)
})

test('too few trials for p(q) are refused before the run', () => {
  const slos = ['error_window_ms max < 2500', 'recovery_ms p(90) < 3000']
  expect(() => requireEnoughTrials(slos, 10)).not.toThrow()
  expect(() => requireEnoughTrials(slos, 9)).toThrow(ZonefallError)
  expect(() => requireEnoughTrials(slos, 9)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: 'The SLO `recovery_ms p(90) < 3000` needs at least 10 trials; this run has 9.',
      advice: 'Run with --trials 10 or more, or write `max`.',
    }),
  )
})

import { expect, test } from 'vitest'
import { type Analysis, analyse } from '../analysis/analyse.ts'
import { historyOf } from '../analysis/testing/history-builder.ts'
import type { GateRecord } from './gate-record.ts'
import { judgeGate } from './judge-gate.ts'

const record: GateRecord = {
  schema: 1,
  experiment: 'gateway-kill',
  system: 'zonefall',
  seed: 7,
  trials: 4,
  slos: ['error_window_ms max < 900', 'censored count == 0'],
  sampling: { probes: { ratePerSecond: 100 }, timing: { holdMs: 3000, recoveryMs: 4000 } },
  baseline: 'main (0b1d24f7a3c1)',
  calibration: { status: 'pass', reasons: [] },
}

/** Trials whose outages begin at the fault and last so long. */
function lasting(...lengthsMs: number[]): Analysis[] {
  return lengthsMs.map(toMs => {
    const outages = [{ fromMs: 0, toMs, manner: 'refused' } as const]
    return analyse(historyOf({ outages, slos: record.slos }))
  })
}
const judged = (base: Analysis[], candidate: Analysis[], of = record) =>
  judgeGate({ record: of, trials: { base, candidate }, results: 'results/x' })

const steady = lasting(300, 320, 340, 360)

test('equal sides pass', () => {
  const verdict = judged(steady, steady)
  expect(verdict).toMatchObject({ status: 'pass', reasons: [], comparison: { finding: 'no regression' } })
  expect(verdict.comparison.metrics.map(({ metric }) => metric)).toEqual(['error_window_ms'])
})

test('a regression fails, though every SLO holds, and is said in words', () => {
  const base = [...steady, ...steady]
  const slower = lasting(500, 520, 540, 560)
  const verdict = judged(base, [...slower, ...slower])
  expect(verdict.status).toBe('fail')
  expect(verdict.slos.map(({ status }) => status)).toEqual(['pass', 'pass'])
  expect(verdict.reasons).toEqual([
    expect.stringMatching(/^error_window_ms regressed: the candidate’s is typically 1\.6\d times the base’s/),
  ])
})

test('a suspect that was not put to the second stage is no pass', () => {
  expect(judged(steady, lasting(500, 520, 540, 560)).status).toBe('inconclusive')
})

test('an SLO that the candidate violates fails, and it is said if the base does too', () => {
  const bad = lasting(1000, 1020, 1040, 1060)
  expect(judged(steady, bad).status).toBe('fail')
  expect(judged(bad, bad).reasons).toContain('The base violates error_window_ms max < 900 as well.')
})

test('an invalid trial that violated a limit keeps the candidate from passing, though a repeat did not', () => {
  const [long] = lasting(1000)
  if (!long) throw new Error('unreachable')
  const reasons = [{ code: 'starved', text: 'The machine was busy.', advice: '' }] as never
  const spoilt: Analysis = { ...long, validity: { status: 'invalid', reasons } }
  const verdict = judged(steady, [spoilt, ...steady])
  expect(verdict.status).toBe('invalid')
  expect(verdict.reasons.join('\n')).toContain('error_window_ms max < 900 was violated in it')
})

test('too few valid trials of the candidate are invalid, of the base inconclusive', () => {
  expect(judged(steady, steady.slice(1)).status).toBe('invalid')
  expect(judged(steady.slice(1), steady).status).toBe('inconclusive')
  expect(judged([], []).status).toBe('invalid')
})

test('a failed calibration is invalid', () => {
  const failed = { status: 'fail', reasons: ['3 of 8 brackets did not hold the truth.'] } as const
  expect(judged(steady, steady, { ...record, calibration: failed })).toMatchObject({
    status: 'invalid',
    reasons: [
      'The calibration failed, so that nothing was measured.',
      '3 of 8 brackets did not hold the truth.',
    ],
  })
})

import { expect, test } from 'vitest'
import type { Measured, Metrics } from '../analysis/metrics.ts'
import { compareSides } from './compare-sides.ts'
import { fewestTrials } from './regression-rule.ts'

const sampling = { probes: { ratePerSecond: 100 }, timing: { holdMs: 6000, recoveryMs: 9000 } }
const one = { metrics: ['lost_ms'], wanted: 5, sampling } as const

/** Trials in which only these were measured. */
function trials(metric: keyof Metrics, values: readonly (number | Measured<number>)[]): Metrics[] {
  return values.map(value => {
    const measured = typeof value === 'number' ? { value } : value
    return { ...NOTHING, [metric]: measured } as unknown as Metrics
  })
}
const missing = { value: null, reason: 'nobody told' } as const
const NOTHING = Object.fromEntries(
  ['error_window_ms', 'lost_ms', 'recovery_ms', 'detection_ms'].map(name => [name, missing]),
)
const around = (value: number, count: number) => Array.from({ length: count }, (_, index) => value + index)

test('equal sides: no regression after the first stage', () => {
  const side = trials('lost_ms', around(300, 5))
  expect(compareSides({ ...one, base: side, candidate: side })).toMatchObject({
    finding: 'no regression',
    stage: 1,
    metrics: [{ metric: 'lost_ms', base: 302, candidate: 302, ratio: 1, trials_each: 5 }],
  })
})

test('a clear difference is a suspect with 5 a side, and convicted with 10', () => {
  const sides = (each: number) => ({
    base: trials('lost_ms', around(300, each)),
    candidate: trials('lost_ms', around(450, each)),
  })
  expect(compareSides({ ...one, ...sides(5) })).toMatchObject({
    finding: 'suspected',
    metrics: [{ stage: 1, chance: 0.00396825 }],
  })
  expect(compareSides({ ...one, ...sides(9) }).finding).toBe('suspected')
  expect(compareSides({ ...one, ...sides(10) })).toMatchObject({
    finding: 'regression',
    stage: 2,
    metrics: [{ stage: 2, trials_each: 10, base: 304.5, candidate: 454.5 }],
  })
})

test('a suspect that the second stage does not bear out is let go', () => {
  const base = trials('lost_ms', [...around(300, 5), ...around(450, 5)])
  const candidate = trials('lost_ms', [...around(450, 5), ...around(300, 5)])
  expect(compareSides({ ...one, base, candidate })).toMatchObject({ finding: 'no regression', stage: 2 })
})

test('certain but too small to matter is no regression', () => {
  const base = trials('lost_ms', around(1000, 10))
  const candidate = trials('lost_ms', around(1050, 10))
  expect(compareSides({ ...one, base, candidate })).toMatchObject({ finding: 'no regression', stage: 1 })
})

test('0 against 0 is once as much; 0 against 50 ms is five periods of a probe', () => {
  const nothing = trials('lost_ms', [0, 0, 0, 0, 0])
  const against = (candidate: Metrics[]) => compareSides({ ...one, base: nothing, candidate }).metrics[0]
  expect(against(nothing)).toMatchObject({ ratio: 1, base: 0, candidate: 0 })
  expect(against(trials('lost_ms', [50, 50, 50, 50, 50]))).toMatchObject({ ratio: 5, base: 0, candidate: 50 })
})

test('a recovery that the run’s end cut off is above every other, and no number', () => {
  const cut = { value: null, reason: 'the run ended first', atLeast: 900 } as const
  const base = trials('recovery_ms', around(2000, 10))
  const candidate = trials(
    'recovery_ms',
    Array.from({ length: 10 }, () => cut),
  )
  const rule = { ...one, metrics: ['recovery_ms'] } as const
  expect(compareSides({ ...rule, base, candidate })).toMatchObject({
    finding: 'regression',
    metrics: [{ candidate: null, ratio: null, base: 2004.5 }],
  })
  expect(compareSides({ ...rule, base: candidate, candidate }).finding).toBe('no regression')
})

test('what was not measured, and too few valid trials, are never `no regression`', () => {
  const base = trials('lost_ms', around(300, 5))
  const detection = compareSides({ ...one, metrics: ['detection_ms'], base, candidate: base })
  expect(detection).toMatchObject({ finding: 'not compared', metrics: [{ reason: 'the base: nobody told' }] })
  expect(compareSides({ ...one, base, candidate: base.slice(1) })).toMatchObject({
    finding: 'not compared',
    metrics: [
      {
        reason: 'it needs 5 valid trials of each side, and there are 5 of the base and 4 of the candidate',
      },
    ],
  })
  expect(compareSides({ ...one, metrics: [], base, candidate: base }).finding).toBe('not compared')
})

test('three against three can prove nothing', () => {
  expect(fewestTrials()).toBe(4)
})

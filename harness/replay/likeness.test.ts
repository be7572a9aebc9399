import { expect, test } from 'vitest'
import type { ErrorCurve } from './error-curve.ts'
import { type ComparedTrial, likenessOf } from './likeness.ts'

/** Down for `lengthMs` from `fromMs` on, at 100 probes a second. */
function down(fromMs: number, lengthMs: number, bracketMs: number | null = 20): ComparedTrial {
  const curve: ErrorCurve = {
    badMs: Array.from({ length: lengthMs / 10 }, (_, index) => fromMs + index * 10),
    periodMs: 10,
    windows: [{ fromMs, toMs: fromMs + lengthMs }],
    watchedMs: 20_000,
  }
  return { curve, bracketMs }
}

test('the same again is alike; 100 ms more are none, 110 ms are', () => {
  expect(likenessOf([down(0, 500)], [down(0, 500)])).toMatchObject({ isAlike: true, similarity: 1, gapMs: 0 })
  expect(likenessOf([down(0, 500)], [down(0, 600)])).toMatchObject({ isAlike: true, allowedMs: 100 })
  expect(likenessOf([down(0, 500)], [down(0, 610)])).toMatchObject({ isAlike: false, gapMs: 110 })
})

test('of a long outage a tenth is no difference', () => {
  expect(likenessOf([down(0, 5000)], [down(0, 5500)])).toMatchObject({ isAlike: true, allowedMs: 550 })
  expect(likenessOf([down(0, 5000)], [down(0, 5600)])).toMatchObject({ isAlike: false, allowedMs: 560 })
})

test('what was measured loosely is compared loosely', () => {
  const loose = likenessOf([down(0, 500, 90)], [down(0, 690, 110)])
  expect(loose).toMatchObject({ isAlike: true, gapMs: 190, allowedMs: 200, allowances: { bracketsMs: 200 } })
})

test('trials that differ among themselves allow as much between the runs', () => {
  const spread = likenessOf([down(0, 500), down(0, 800)], [down(0, 900), down(0, 950)])
  expect(spread).toMatchObject({ allowances: { spreadMs: 300 }, gapMs: 275, isAlike: true })
  expect(likenessOf([down(0, 500)], [down(0, 900)])).toMatchObject({
    allowances: { spreadMs: null },
    isAlike: false,
  })
})

test('a run without any loss is like another such, and unlike one that lost', () => {
  expect(likenessOf([down(0, 0, null)], [down(0, 0, null)])).toMatchObject({ isAlike: true, similarity: 1 })
  expect(likenessOf([down(0, 0)], [down(0, 300)])).toMatchObject({ isAlike: false, similarity: 0 })
})

test('nothing is like nothing: that is refused', () => {
  expect(() => likenessOf([], [down(0, 10)])).toThrow(RangeError)
})

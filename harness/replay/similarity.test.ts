import fc from 'fast-check'
import { expect, test } from 'vitest'
import { analyse } from '../analysis/analyse.ts'
import { probesOf } from '../analysis/probes.ts'
import { historyOf, type Scenario } from '../analysis/testing/history-builder.ts'
import { type ErrorCurve, errorCurveOf, lostMs } from './error-curve.ts'
import { similarityOf } from './similarity.ts'

const PERIOD_MS = 10
const WATCHED_MS = 10_000

/** Every probe due in one of these spans is bad. */
function curve(...spans: readonly (readonly [fromMs: number, toMs: number])[]): ErrorCurve {
  const badMs = new Set(
    spans.flatMap(([fromMs, toMs]) =>
      Array.from(
        { length: Math.max(0, Math.round((toMs - fromMs) / PERIOD_MS)) },
        (_, index) => fromMs + index * PERIOD_MS,
      ),
    ),
  )
  return {
    badMs: [...badMs].sort((a, b) => a - b),
    periodMs: PERIOD_MS,
    windows: spans.map(([fromMs, toMs]) => ({ fromMs, toMs })),
    watchedMs: WATCHED_MS,
  }
}

const anyCurve = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 300 })), { maxLength: 4 })
  .map(spans => curve(...spans.map(([from, length]) => [from * 10, (from + length) * 10] as const)))

test('a curve is like itself, and so are two without any loss', () => {
  fc.assert(
    fc.property(anyCurve, one => {
      expect(similarityOf(one, one)).toEqual({ similarity: 1, gapMs: 0, overlap: 1 })
    }),
  )
  expect(similarityOf(curve(), curve())).toEqual({ similarity: 1, gapMs: 0, overlap: 1 })
})

test('which of the two comes first does not matter, and all lies where it should', () => {
  fc.assert(
    fc.property(anyCurve, anyCurve, (one, other) => {
      const there = similarityOf(one, other)
      expect(similarityOf(other, one)).toEqual(there)
      expect(there.similarity).toBeGreaterThanOrEqual(0)
      expect(there.similarity).toBeLessThanOrEqual(1)
      expect(there.overlap).toBeGreaterThanOrEqual(0)
      expect(there.overlap).toBeLessThanOrEqual(1)
      expect(there.gapMs).toBeLessThanOrEqual(Math.max(lostMs(one), lostMs(other)))
    }),
  )
})

test('the gap is a distance: by way of a third it is never shorter', () => {
  fc.assert(
    fc.property(anyCurve, anyCurve, anyCurve, (one, other, third) => {
      const around = similarityOf(one, third).gapMs + similarityOf(third, other).gapMs
      expect(similarityOf(one, other).gapMs).toBeLessThanOrEqual(around)
    }),
  )
})

test('it falls with the shift of an outage, until nothing of it is common', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 200 }), fc.integer({ min: 1, max: 200 }), (length, shift) => {
      const one = curve([0, length * 10])
      const at = (by: number) => similarityOf(one, curve([by * 10, (by + length) * 10]))
      const [less, more] = [at(shift), at(shift + 1)]
      expect(less.gapMs).toBe(Math.min(shift, length) * 10)
      expect(more.similarity).toBeLessThanOrEqual(less.similarity)
      if (shift < length) expect(more.similarity).toBeLessThan(less.similarity)
      expect(more.overlap).toBeLessThanOrEqual(less.overlap)
    }),
  )
})

test('it falls as one outage outgrows the other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 200 }), (length, more) => {
      const one = curve([0, length * 10])
      const at = (by: number) => similarityOf(one, curve([0, (length + by) * 10]))
      expect(at(more).gapMs).toBe(more * 10)
      expect(at(more).similarity).toBeCloseTo(length / (length + more))
      expect(at(more + 1).similarity).toBeLessThan(at(more).similarity)
      expect(at(more + 1).overlap).toBeLessThan(at(more).overlap)
    }),
  )
})

test('the same window is not the same loss: half of the probes is half of it', () => {
  const whole = curve([0, 1000])
  const half = { ...whole, badMs: whole.badMs.filter((_, index) => index % 2 === 0) }
  expect(similarityOf(whole, half)).toMatchObject({ similarity: 0.5, overlap: 1 })
})

test('probes at another rate tell the same loss', () => {
  const often = curve([0, 1000])
  const seldom = { ...often, periodMs: 50, badMs: often.badMs.filter((_, index) => index % 5 === 0) }
  expect(similarityOf(often, seldom).gapMs).toBe(40)
})

test('what only one of them was there to see is not compared', () => {
  const long = curve([0, 500], [8000, 9000])
  const short = { ...curve([0, 500]), watchedMs: 5000 }
  expect(similarityOf(long, short)).toEqual({ similarity: 1, gapMs: 0, overlap: 1 })
})

function read(scenario: Scenario): ErrorCurve | null {
  const history = historyOf(scenario)
  return errorCurveOf(history, probesOf(history.samples), analyse(history))
}

test('a curve is read from a trial’s history, since the fault', () => {
  const down = read({ outages: [{ fromMs: 0, toMs: 700, manner: 'refused' }] })
  if (!down) throw new Error('nothing was broken')
  expect(down.periodMs).toBe(10)
  expect(lostMs(down)).toBeGreaterThanOrEqual(690)
  expect(lostMs(down)).toBeLessThanOrEqual(710)
  expect(similarityOf(down, curve([0, 700])).gapMs).toBeLessThanOrEqual(20)
  expect(similarityOf(down, curve([0, 700])).overlap).toBeGreaterThan(0.95)
  expect(read({ keeps: ({ type }) => type !== 'fault' })).toBeNull()
})

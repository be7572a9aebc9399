import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bracketed } from '../analysis/metrics.ts'
import { aggregateOf } from './aggregate.ts'
import { compare, marginOf } from './compare.ts'
import type { Aggregate, Operator } from './slo.ts'

const exactly = (value: number): Bracketed => ({ value, lower: value, upper: value })
const of = (values: readonly number[], aggregate: Aggregate) =>
  aggregateOf(values.map(exactly), aggregate).value

test('each aggregate', () => {
  const values = [30, 10, 0, 20]
  expect(of(values, { kind: 'max' })).toBe(30)
  expect(of(values, { kind: 'min' })).toBe(0)
  expect(of(values, { kind: 'median' })).toBe(15)
  expect(of([3, 1, 2], { kind: 'median' })).toBe(2)
  expect(of(values, { kind: 'mean' })).toBe(15)
  expect(of([0, 0.5], { kind: 'rate' })).toBe(0.25)
  expect(of(values, { kind: 'count' })).toBe(3)
  expect(
    of(
      Array.from({ length: 10 }, (_, index) => index + 1),
      { kind: 'percentile', percent: 90 },
    ),
  ).toBe(9)
})

const aggregates = fc.oneof(
  fc.constantFrom<Aggregate>(
    { kind: 'max' },
    { kind: 'min' },
    { kind: 'median' },
    { kind: 'mean' },
    { kind: 'count' },
  ),
  fc.integer({ min: 1, max: 99 }).map((percent): Aggregate => ({ kind: 'percentile', percent })),
)

test('the truth’s aggregate lies between the bounds’ own', () => {
  const trial = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)).map(three => three.sort((a, b) => a - b))
  fc.assert(
    fc.property(fc.array(trial, { minLength: 1, maxLength: 12 }), aggregates, (trials, aggregate) => {
      const bracketed = trials.map(([lower = 0, value = 0, upper = 0]) => ({ lower, value, upper }))
      const { lower, value, upper } = aggregateOf(bracketed, aggregate)
      expect(lower).toBeLessThanOrEqual(value)
      expect(upper).toBeGreaterThanOrEqual(value)
    }),
  )
})

test.each<[Operator, number, string, number]>([
  ['<', 100, 'undecided', 50],
  ['<', 60, 'undecided', 10],
  ['<', 120, 'undecided', 70],
  ['<', 121, 'holds', 71],
  ['<', 40, 'violated', -10],
  ['<=', 120, 'holds', 70],
  ['<=', 40, 'undecided', -10],
  ['>', 39, 'holds', 11],
  ['>', 40, 'undecided', 10],
  ['>', 120, 'violated', -70],
  ['>=', 40, 'holds', 10],
  ['>=', 121, 'violated', -71],
  ['==', 60, 'undecided', -10],
  ['==', 30, 'violated', -20],
  ['!=', 60, 'undecided', 10],
  ['!=', 30, 'holds', 20],
])('40 to 120, observed 50, %s %d: %s', (operator, limit, outcome, margin) => {
  expect(compare({ lower: 40, upper: 120 }, operator, limit)).toBe(outcome)
  expect(marginOf(50, operator, limit)).toBe(margin)
})

test('an exact value equals itself', () => {
  expect(compare(exactly(0), '==', 0)).toBe('holds')
  expect(compare(exactly(0), '!=', 0)).toBe('violated')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { typicalRatio } from './hodges-lehmann.ts'

const value = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 10_000 }) },
  { weight: 1, arbitrary: fc.constant(Infinity) },
)
const side = fc.array(value, { minLength: 1, maxLength: 8 })

test.each([
  [[10], [15], 1.5],
  [[10, 10, 10], [10, 10, 10], 1],
  [[100, 200, 400], [150, 300, 600], 1.5],
  [[10, 10], [10, Infinity], Infinity],
  [[10, Infinity], [10, Infinity], 1],
  [[Infinity, Infinity, Infinity], [10, 20, 30], 0],
])('of %j and %j it is %d', (base, candidate, ratio) => {
  expect(typicalRatio(base, candidate)).toBeCloseTo(ratio, 12)
})

test('the two sides exchanged give the reciprocal', () => {
  fc.assert(
    fc.property(side, side, (base, candidate) => {
      const [there, back] = [typicalRatio(base, candidate), typicalRatio(candidate, base)]
      if (there === Infinity) expect(back).toBe(0)
      else if (there === 0) expect(back).toBe(Infinity)
      else expect(there * back).toBeCloseTo(1, 9)
    }),
  )
})

test('a candidate so many times larger has a ratio so many times larger; another unit changes nothing', () => {
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 50 }), (base, candidate, times) => {
      const scale = (values: number[]) => values.map(each => each * times)
      const ratio = typicalRatio(base, candidate)
      const both = typicalRatio(scale(base), scale(candidate))
      if (Number.isFinite(ratio)) expect(both).toBeCloseTo(ratio, 9)
      else expect(both).toBe(ratio)
      if (![...base, ...candidate].includes(Infinity))
        expect(typicalRatio(base, scale(candidate)) / ratio).toBeCloseTo(times, 9)
    }),
  )
})

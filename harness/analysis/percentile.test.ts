import fc from 'fast-check'
import { expect, test } from 'vitest'
import { p99Within, percentile } from './percentile.ts'

test('nearest rank', () => {
  const hundred = Uint32Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(hundred.slice(), 99)).toBe(99)
  expect(percentile(hundred.slice(), 50)).toBe(50)
  expect(percentile(hundred.slice(0, 99), 99)).toBe(100)
  expect(percentile(Uint32Array.of(7), 99)).toBe(7)
  expect(percentile(new Uint32Array(), 99)).toBeNull()
})

test('counting those above a limit says the same as the percentile', () => {
  fc.assert(
    fc.property(fc.uint32Array({ minLength: 1, maxLength: 500, max: 20 }), fc.nat(20), (values, limit) => {
      const above = values.filter(value => value > limit).length
      expect(p99Within(values.length, above)).toBe((percentile(values, 99) ?? 0) <= limit)
    }),
  )
})

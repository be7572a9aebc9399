import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convict, type Evidence } from './regression-rule.ts'

const withChances = (...chances: number[]): Evidence[] => chances.map(chance => ({ chance, ratio: 2 }))

test.each([
  [[0.009], 1, [true]],
  [[0.01], 1, [false]],
  [[0.004], 3, [false]],
  [[0.004, 0.003], 3, [true, true]],
  [[0.009, 0.004, 0.003], 3, [true, true, true]],
  [[0.009, 0.006, 0.003], 3, [false, false, true]],
  [[], 3, []],
])('chances %j of %d metrics: %j', (chances, compared, convicted) => {
  expect(convict(withChances(...chances), compared)).toEqual(convicted)
})

test('what is too small to matter is not convicted, and lets no other pass more easily', () => {
  const tiny = { chance: 0.0001, ratio: 1.05 }
  expect(convict([tiny, ...withChances(0.004)], 3)).toEqual([false, false])
})

test('it names all that dividing by the number of metrics names, and any at all only where that does', () => {
  const chance = fc.double({ min: 0, max: 0.02, noNaN: true })
  const chances = fc.array(chance, { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(chances, fc.nat(3), (drawn, others) => {
      const compared = drawn.length + others
      const stepped = convict(withChances(...drawn), compared)
      const divided = drawn.map(each => each < 0.01 / compared)
      for (const [index, isConvicted] of divided.entries()) if (isConvicted) expect(stepped[index]).toBe(true)
      expect(stepped.includes(true)).toBe(divided.includes(true))
    }),
  )
})

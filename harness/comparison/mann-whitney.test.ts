import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chanceOfBeingHigher, smallestChance } from './mann-whitney.ts'

const side = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 })

/** The definition itself: every way to deal the pooled values out, by the count of pairs won, ties half. */
function byEnumeration(base: number[], candidate: number[]): number {
  const pooled = [...base, ...candidate]
  const wins = (chosen: readonly number[]) => {
    const others = pooled.filter((_, index) => !chosen.includes(index))
    const high = pooled.filter((_, index) => chosen.includes(index))
    return high
      .flatMap(a => others.map(b => (a > b ? 2 : a === b ? 1 : 0)))
      .reduce<number>((x, y) => x + y, 0)
  }
  const deals = subsets(pooled.length, candidate.length)
  const observed = wins(candidate.map((_, index) => base.length + index))
  return deals.filter(chosen => wins(chosen) >= observed).length / deals.length
}

function subsets(of: number, size: number): number[][] {
  if (size === 0) return [[]]
  if (of < size) return []
  return [...subsets(of - 1, size), ...subsets(of - 1, size - 1).map(chosen => [...chosen, of - 1])]
}

test('with and without ties it is the count over all deals', () => {
  fc.assert(
    fc.property(side, side, (base, candidate) => {
      expect(chanceOfBeingHigher(base, candidate)).toBeCloseTo(byEnumeration(base, candidate), 12)
    }),
  )
})

test.each([
  [3, 1 / 20],
  [4, 1 / 70],
  [5, 1 / 252],
  [10, 1 / 184_756],
])('%i against %i, all higher: one way of all', (perSide, chance) => {
  expect(smallestChance(perSide)).toBeCloseTo(chance, 15)
})

test('a textbook example: 0.5 ÷ 0.5 when nothing differs, censored values tie above all', () => {
  expect(chanceOfBeingHigher([1, 1, 1], [1, 1, 1])).toBe(1)
  expect(chanceOfBeingHigher([1, 2, 3, 4], [5, 6, Infinity, Infinity])).toBeCloseTo(1 / 70, 12)
  expect(chanceOfBeingHigher([Infinity, Infinity], [Infinity, Infinity])).toBe(1)
})

test('only the order counts: any rising transform gives the same', () => {
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 9 }), (base, candidate, by) => {
      const bend = (value: number) => by * value ** 3 + value + by
      expect(chanceOfBeingHigher(base.map(bend), candidate.map(bend))).toBe(
        chanceOfBeingHigher(base, candidate),
      )
    }),
  )
})

test('being higher and being lower leave out no way, and share only the ties', () => {
  fc.assert(
    fc.property(side, side, (base, candidate) => {
      const both = chanceOfBeingHigher(base, candidate) + chanceOfBeingHigher(candidate, base)
      expect(both).toBeGreaterThanOrEqual(1 - 1e-12)
    }),
  )
})

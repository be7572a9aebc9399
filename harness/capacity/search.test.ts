import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SearchSettings, searchFrom, type Tried } from './search.ts'

const settings: SearchSettings = { first: [100], floor: 40, ceiling: 10_000, resolution: 0.05, growth: 2 }

/** Searches a system that carries what `carries` says of the n-th try. */
function search(carries: (rate: number, n: number) => boolean, given: Partial<SearchSettings> = {}) {
  const tried: Tried[] = []
  for (;;) {
    const next = searchFrom(tried, { ...settings, ...given })
    if (next.kind === 'done') return { ...next.bounds, tried, rates: tried.map(({ rate }) => rate) }
    if (tried.length > 60) throw new Error(`no end: ${JSON.stringify(tried)}`)
    tried.push({ rate: next.rate, passed: carries(next.rate, tried.length) })
  }
}

const capacities = fc.integer({ min: 40, max: 9_999 })
const firsts = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 3 })
const resolutions = fc.constantFrom(0.02, 0.05, 0.1, 0.25)
const growths = fc.constantFrom(1.1, 1.5, 2)

test('whatever the capacity: it lies between what was carried and what was not, and the two are close', () => {
  fc.assert(
    fc.property(capacities, firsts, resolutions, growths, (capacity, first, resolution, growth) => {
      const { carried, failed } = search(rate => rate <= capacity, { first, resolution, growth })
      expect(carried).toBeLessThanOrEqual(capacity)
      expect(failed).toBeGreaterThan(capacity)
      const gap = Number(failed) - Number(carried)
      expect(gap <= 1 || gap <= Number(carried) * resolution + 1e-9).toBe(true)
    }),
  )
})

test('a single failure by chance, wherever it comes, moves nothing', () => {
  fc.assert(
    fc.property(capacities, firsts, fc.nat(20), (capacity, first, disturbed) => {
      const { carried, failed } = search((rate, n) => rate <= capacity && n !== disturbed, { first })
      expect(carried).toBeLessThanOrEqual(capacity)
      expect(failed).toBeGreaterThan(capacity)
    }),
  )
})

test('up by doubling, then between the two, and the bound is tried twice', () => {
  const { rates, carried, failed } = search(rate => rate <= 500, { resolution: 0.1 })
  expect(rates).toEqual([100, 200, 400, 800, 566, 476, 519, 519])
  expect([carried, failed]).toEqual([476, 519])
})

test('what is to be tried first is, in its order, as long as it is carried', () => {
  expect(search(rate => rate <= 500, { first: [100, 450] }).rates.slice(0, 2)).toEqual([100, 450])
  expect(search(rate => rate <= 90, { first: [100, 450] }).rates).not.toContain(450)
})

test('nothing is tried above the ceiling or below the floor', () => {
  const endless = search(() => true, { ceiling: 777 })
  expect(endless).toMatchObject({ carried: 777, failed: null })
  const dead = search(() => false)
  expect(dead).toMatchObject({ carried: null, failed: 40 })
  expect(dead.rates).toEqual([100, 50, 40, 40])
  expect(search(() => true, { first: [5000], ceiling: 300 }).rates).toEqual([300])
})

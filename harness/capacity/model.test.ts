import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modelOf, remainingWithout } from './model.ts'

const three = { tier: 'gateway', zones: { a: 1, b: 1, c: 1 } }

test('three alike: a lost zone leaves two thirds, and how far off that was is told', () => {
  const { losses, tiers } = modelOf({
    tiers: [three],
    all: 300,
    isLeast: false,
    losses: [
      { zone: 'a', carried: 190 },
      { zone: 'b', carried: null },
    ],
    target: null,
  })
  expect(losses[0]).toMatchObject({ zone: 'a', predicted: expect.closeTo(200), measured: 190 })
  expect(losses[0]?.off).toBeCloseTo(-0.05)
  expect(losses[1]).toMatchObject({ measured: null, off: null })
  expect(tiers[0]?.per_instance).toBe(95) // of 100 and 95 the lesser
})

test('the tier that loses most decides what is left', () => {
  const uneven = { tier: 'app', zones: { a: 4, b: 1, c: 1 } }
  expect(remainingWithout('a', [three, uneven])).toBeCloseTo(1 / 3)
  expect(remainingWithout('b', [three, uneven])).toBeCloseTo(2 / 3)
  expect(remainingWithout('d', [three, uneven])).toBe(1)
})

test('a million a second from instances of 95: so many a zone, and what the spare is for', () => {
  const { sizing } = modelOf({ tiers: [three], all: 285, isLeast: false, losses: [], target: 1_000_000 })
  expect(sizing).toMatchObject({
    tiers: [{ tier: 'gateway', per_zone: 5264, per_zone_without_spare: 3509 }],
    used: expect.closeTo(2 / 3, 3),
    used_when_lost: expect.closeTo(1, 3),
  })
  expect(sizing?.carried_without_spare).toBeCloseTo(666_667, 0)
})

test('what is sized for a target carries it without a zone, and would not with an instance less in each', () => {
  const counts = fc.integer({ min: 1, max: 9 })
  const cases = fc.record({
    zones: fc.array(counts, { minLength: 2, maxLength: 6 }),
    all: fc.integer({ min: 1, max: 100_000 }),
    target: fc.integer({ min: 1, max: 1_000_000_000 }),
  })
  fc.assert(
    fc.property(cases, ({ zones, all, target }) => {
      const tier = {
        tier: 'app',
        zones: Object.fromEntries(zones.map((count, index) => [`z${index}`, count])),
      }
      const { sizing, tiers } = modelOf({ tiers: [tier], all, isLeast: false, losses: [], target })
      const perZone = sizing?.tiers[0]?.per_zone ?? 0
      const carriedWith = (instances: number) =>
        instances * (zones.length - 1) * (tiers[0]?.per_instance ?? 0)
      expect(carriedWith(perZone)).toBeGreaterThanOrEqual(target * (1 - 1e-9))
      expect(carriedWith(perZone - 1)).toBeLessThan(target * (1 + 1e-9))
      expect(sizing?.used_when_lost).toBeLessThanOrEqual(1 + 1e-9)
    }),
  )
})

test('of a single zone nothing is left, and nothing is sized', () => {
  const { losses, sizing } = modelOf({
    tiers: [{ tier: 'app', zones: { a: 3 } }],
    all: 300,
    isLeast: false,
    losses: [{ zone: 'a', carried: 0 }],
    target: 1000,
  })
  expect(losses[0]).toMatchObject({ remaining: 0, predicted: 0, off: null })
  expect(sizing).toBeNull()
})

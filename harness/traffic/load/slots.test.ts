import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Slots } from './slots.ts'

const FIRST_MS = 1000

test('a client that is on time sends at its own times', () => {
  const slots = new Slots(FIRST_MS, 40, () => 0)
  for (let k = 0; k < 100; k += 1) {
    expect(slots.nextMs).toBe(FIRST_MS + k * 40)
    slots.take(slots.nextMs + 1)
  }
})

test('whatever the delays: it stays on its own times, and has at most one period or 10 ms to make up for', () => {
  const delays = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5000 })))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), delays, (periodMs, delaysMs) => {
      const slots = new Slots(FIRST_MS, periodMs, () => 0)
      let nowMs = FIRST_MS
      for (const delayMs of delaysMs) {
        nowMs = Math.max(nowMs, slots.nextMs) + delayMs
        const before = slots.nextMs
        slots.take(nowMs)
        expect((slots.nextMs - FIRST_MS) % periodMs).toBe(0)
        expect(slots.nextMs).toBeGreaterThan(before)
        expect(nowMs - slots.nextMs).toBeLessThanOrEqual(Math.max(periodMs, 10))
      }
    }),
  )
})

test('each send lies within its own period, wherever it is drawn', () => {
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.array(place, { minLength: 2 }), places => {
      const left = [...places]
      const slots = new Slots(FIRST_MS, 40, () => left.shift() ?? 0)
      places.forEach((_, k) => {
        expect(slots.nextMs).toBeGreaterThanOrEqual(FIRST_MS + k * 40)
        expect(slots.nextMs).toBeLessThan(FIRST_MS + (k + 1) * 40 + 1e-9)
        slots.take(slots.nextMs)
      })
    }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEngineTime } from '../docker/clock.ts'
import { TrialClock } from './trial-clock.ts'

test('an engine stamp is placed within its bound, whatever the trips looked like', () => {
  const trip = fc.record({
    out: fc.bigInt(0n, 9_000_000n),
    back: fc.bigInt(0n, 9_000_000n),
    at: fc.bigInt(0n, 10n ** 9n),
  })
  fc.assert(
    fc.property(
      fc.array(trip, { minLength: 1, maxLength: 8 }),
      fc.bigInt(0n, 10n ** 10n),
      (trips, eventAt) => {
        const offset = 1_764_000_000_000_000_000n // the true one, unknown to the clock
        const clock = new TrialClock(5_000n)
        clock.boundEngine(
          trips.map(({ at, out, back }) => ({
            beforeNs: at,
            engineNs: at + out + offset,
            afterNs: at + out + back,
          })),
        )
        const { atUs, errorUs } = clock.placeEngine(eventAt + offset)
        expect(Math.abs(atUs - clock.atUs(eventAt))).toBeLessThanOrEqual(errorUs + 0.001)
      },
    ),
  )
})

test('the engine’s time is read to the nanosecond', () => {
  expect(parseEngineTime('2026-11-24T12:00:00.123456789Z')).toBe(1795521600123456789n)
  expect(parseEngineTime('2026-11-24T13:00:00.5+01:00')).toBe(1795521600500000000n)
  expect(() => parseEngineTime('yesterday')).toThrow('not a time of the engine')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { initialState, isTrusted, type Observation, observe, type ServerState } from './server-state.ts'

const PASSED: Observation = { kind: 'check-passed' }
const FAILED: Observation = { kind: 'check-failed', cause: 'check-timeout' }
const EJECTED: Observation = { kind: 'ejected', why: 'gone', cause: 'connect-refused' }
const SUSPECTED: Observation = { kind: 'suspected' }

const thresholds = fc.record({ rise: fc.integer({ min: 1, max: 5 }), fall: fc.integer({ min: 1, max: 5 }) })
const observations = fc.array(fc.constantFrom(PASSED, FAILED, EJECTED, SUSPECTED), { maxLength: 40 })

function after(seen: readonly Observation[], limits: { rise: number; fall: number }): ServerState {
  return seen.reduce((state: ServerState, one) => observe(state, one, limits), initialState(limits))
}

test('whatever came before, `rise` passed checks in a row bring it up, and not one fewer if it was ejected', () => {
  fc.assert(
    fc.property(thresholds, observations, (limits, before) => {
      const almost = after([...before, EJECTED, ...Array(limits.rise - 1).fill(PASSED)], limits)
      expect(almost.kind).toBe('down')
      expect(observe(almost, PASSED, limits).kind).toBe('up')
    }),
  )
})

test('whatever came before, `fall` failed checks in a row take it down, and not one fewer if it was well', () => {
  fc.assert(
    fc.property(thresholds, observations, (limits, before) => {
      const well = after([...before, ...Array(limits.rise).fill(PASSED)], limits)
      expect(isTrusted(well)).toBe(true)
      const almost = after(
        [...before, ...Array(limits.rise).fill(PASSED), ...Array(limits.fall - 1).fill(FAILED)],
        limits,
      )
      expect(almost.kind).toBe('up')
      expect(observe(almost, FAILED, limits).kind).toBe('down')
    }),
  )
})

test('an ejected server returns by checks alone, and a suspicion lasts until the next passed check', () => {
  const limits = { rise: 2, fall: 3 }
  expect(after([PASSED, EJECTED, SUSPECTED, PASSED], limits)).toEqual({
    kind: 'down',
    passed: 1,
    because: 'connect-refused',
  })
  const suspect = after([PASSED, SUSPECTED], limits)
  expect(suspect.kind).toBe('up')
  expect(isTrusted(suspect)).toBe(false)
  expect(isTrusted(observe(suspect, FAILED, limits))).toBe(false)
  expect(isTrusted(observe(suspect, PASSED, limits))).toBe(true)
})

test('a new server needs one passed check', () => {
  expect(after([], { rise: 3, fall: 3 }).kind).toBe('down')
  expect(after([PASSED], { rise: 3, fall: 3 }).kind).toBe('up')
})

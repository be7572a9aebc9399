import { expect, test } from 'vitest'
import { standingOf } from './administration.ts'

test.each([
  ['ready', 1, 'up', 'up'],
  ['ready', 0, 'up', 'drain'],
  ['ready', 1, 'down', 'down'],
  ['drain', 1, 'up', 'drain'],
  ['drain', 1, 'down', 'down'],
  ['maint', 1, 'up', 'drain'],
  ['maint', 1, 'down', 'drain'],
] as const)('%s, weight %i, checks say %s: %s', (administration, weight, kind, standing) => {
  expect(standingOf({ administration, weight, state: { kind } })).toBe(standing)
})

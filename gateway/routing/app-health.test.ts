import { expect, test } from 'vitest'
import { type AppHealth, type Evidence, judged, untried } from './app-health.ts'

const after = (...evidence: Evidence[]): AppHealth =>
  evidence.reduce((health, seen) => judged(health, seen, { rise: 2, fall: 2 }), untried)

test.each<[Evidence]>([['unreachable'], ['check-unready']])('%s takes an app down at once', evidence => {
  expect(after(evidence)).toEqual({ kind: 'down', cause: evidence, passes: 0 })
})

test('a doubt has to come twice in a row, of checks or requests', () => {
  expect(after('check-failed')).toEqual({ kind: 'up', failures: 1 })
  expect(after('check-failed', 'request-failed').kind).toBe('down')
  expect(after('check-failed', 'check-passed', 'check-failed').kind).toBe('up')
  expect(after('request-failed', 'request-answered', 'request-failed').kind).toBe('up')
})

test('only checks in a row bring an app back', () => {
  expect(after('unreachable', 'request-answered', 'request-answered').kind).toBe('down')
  expect(after('unreachable', 'check-passed').kind).toBe('down')
  expect(after('unreachable', 'check-passed', 'check-failed', 'check-passed').kind).toBe('down')
  expect(after('unreachable', 'check-passed', 'check-passed')).toEqual(untried)
})

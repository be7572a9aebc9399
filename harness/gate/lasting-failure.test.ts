import { expect, test } from 'vitest'
import type { Status } from '../verdict/status.ts'
import { isLastingFailure } from './lasting-failure.ts'

const judged = (rule: string, observed: number | null, status: Status = 'fail') =>
  isLastingFailure({ rule, status, observed, margin: null })

test.each([
  ['lost_ms max < 300', 400],
  ['censored count <= 1', 2],
  ['censored count == 0', 1],
  ['outage_ms min > 5000', 4000],
  ['recovery_ms max < 3000', null],
])('%s is violated for good', (rule, observed) => {
  expect(judged(rule, observed)).toBe(true)
  expect(judged(rule, observed, 'inconclusive')).toBe(false)
})

test.each([
  ['lost_ms median < 300', 400],
  ['lost_ms mean < 300', 400],
  ['lost_ms p(80) < 300', 400],
  ['bad_share rate < 1%', 0.02],
  ['outage_ms min < 5000', 6000],
  ['outage_ms max > 5000', 4000],
  ['flaps max == 2', 1],
  ['flaps max != 1', 1],
])('%s could be mended by further trials', (rule, observed) => {
  expect(judged(rule, observed)).toBe(false)
})

import { expect, test } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

function takeAll(budget: RetryBudget, nowMs: number): number {
  let taken = 0
  while (taken < 10_000 && budget.take(nowMs)) taken += 1
  return taken
}

test('a fifth of the requests of the last ten seconds, and a few in any case', () => {
  const budget = new RetryBudget(0.2, 10)
  expect(takeAll(budget, 0)).toBe(10)
  for (let time = 0; time < 100; time += 1) budget.request(1_000)
  expect(takeAll(budget, 1_000)).toBe(20)
  expect(takeAll(budget, 5_000)).toBe(0)
  expect(takeAll(budget, 10_500)).toBe(10) // what was spent at 0 s is forgotten, the requests of 1 s are not
  expect(takeAll(budget, 60_000)).toBe(10)
})

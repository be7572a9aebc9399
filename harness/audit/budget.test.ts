import { expect, test } from 'vitest'
import { hasRoom } from './budget.ts'

test('without a budget there is always room', () => {
  expect(hasRoom({ budgetMs: null, spentMs: 1e9, trialsMs: [1e9] })).toBe(true)
})

test('a trial must fit in as long as the longest so far, and the end after it', () => {
  expect(hasRoom({ budgetMs: 30_000, spentMs: 15_000, trialsMs: [8000, 10_000] })).toBe(true)
  expect(hasRoom({ budgetMs: 30_000, spentMs: 15_001, trialsMs: [8000, 10_000] })).toBe(false)
})

test('before the first trial a guess stands for it', () => {
  expect(hasRoom({ budgetMs: 20_000, spentMs: 3000, trialsMs: [] })).toBe(true)
  expect(hasRoom({ budgetMs: 10_000, spentMs: 3000, trialsMs: [] })).toBe(false)
})

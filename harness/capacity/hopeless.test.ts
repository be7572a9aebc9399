import { expect, test } from 'vitest'
import { Hopeless } from './hopeless.ts'
import { judgeStep } from './judge-step.ts'
import { evenRows } from './testing/ended-rows.ts'

const limits = { minSuccess: 0.99, maxP99Ms: 250 }
const begin = { rate: 200, stepMs: 4000, fromUs: 1_000_000 }
const facts = { type: 'step', clients: 50, ended: 'early', busy: 0.5, stalledMs: 0 } as const

test.each([
  ['refused', { latencyMs: 2, outcome: 'status' }],
  ['slow', { latencyMs: 300, outcome: 'ok' }],
] as const)(
  'a step in which one in ten is %s ends as soon as nothing can mend it, and is not carried',
  (_, end) => {
    const rows = evenRows(200, 4, 1_000_000, n => (n % 10 === 9 ? end : { latencyMs: 2, outcome: 'ok' }))
    const hopeless = new Hopeless(limits, begin)
    hopeless.add(rows)
    expect(hopeless.isSo).toBe(true)
    const toUs = 1_000_000 + 1_200_000 // 24 of them: 8.8 are what 1 % of the whole step allows
    expect(judgeStep({ ...facts, rate: 200, fromUs: 1_000_000, toUs }, rows, limits).passed).toBe(false)
  },
)

test('as many as the whole step may have are no reason, nor is what ended before it', () => {
  const hopeless = new Hopeless(limits, begin)
  hopeless.add(evenRows(200, 1, 0, () => ({ latencyMs: 2, outcome: 'status' })))
  hopeless.add(
    evenRows(200, 4, 1_000_000, n => ({ latencyMs: 2, outcome: n % 100 === 99 ? 'status' : 'ok' })),
  )
  expect(hopeless.isSo).toBe(false)
})

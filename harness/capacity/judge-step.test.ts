import { expect, test } from 'vitest'
import { judgeStep } from './judge-step.ts'
import type { Step } from './step.ts'
import { evenRows } from './testing/ended-rows.ts'

const limits = { minSuccess: 0.999, maxP99Ms: 250 }
const FROM_US = 1_000_000
const step: Step = {
  type: 'step',
  rate: 1000,
  clients: 250,
  fromUs: FROM_US,
  toUs: FROM_US + 4_000_000,
  ended: 'whole',
  busy: 0.6,
  stalledMs: 2,
}
const ok = (latencyMs: number) => ({ latencyMs, outcome: 'ok' as const })
const rows = (become: Parameters<typeof evenRows>[3], rate = 1000) =>
  evenRows(rate, 5, FROM_US - 500_000, become)

test('a rate is carried when all is well', () => {
  const result = judgeStep(
    step,
    rows(n => ok(n % 100 === 0 ? 40 : 5)),
    limits,
  )
  expect(result).toMatchObject({ passed: true, reasons: [], blame: null, bad: 0, p50_ms: 5, outcomes: {} })
  expect(result.achieved).toBeCloseTo(1000, -1)
})

test('what ended before or after the step says nothing of it', () => {
  const become = (n: number) => (n < 400 || n > 4600 ? { latencyMs: 1, outcome: 'status' as const } : ok(5))
  expect(judgeStep(step, rows(become), limits)).toMatchObject({ passed: true, bad: 0 })
})

test('too many bad ones: not carried, by the system', () => {
  const become = (n: number) => (n % 500 === 0 ? { latencyMs: 1, outcome: 'status' as const } : ok(5))
  const result = judgeStep(step, rows(become), limits)
  expect(result).toMatchObject({ passed: false, blame: 'system', bad: 8, outcomes: { status: 8 } })
  expect(result.reasons).toEqual(['0.20 % of the requests failed (8 status)'])
})

test('one slow request in fifty: not carried', () => {
  const result = judgeStep(
    step,
    rows(n => ok(n % 50 === 0 ? 300 : 5)),
    limits,
  )
  expect(result).toMatchObject({ passed: false, p99_ms: 300, p50_ms: 5 })
  expect(result.reasons).toEqual(['p99 300 ms, above 250 ms'])
})

test('fewer answers than were asked for: not carried, though each is quick', () => {
  const result = judgeStep(
    step,
    rows(() => ok(5), 950),
    limits,
  )
  expect(result.reasons).toEqual(['950 answers a second, of 1000 asked for'])
  expect(
    judgeStep(
      step,
      rows(() => ok(5), 985),
      limits,
    ).passed,
  ).toBe(true) // chance at the edges may take so much
})

test('no answer at all is no success', () => {
  const result = judgeStep(
    step,
    rows(() => ok(5_000_000)),
    limits,
  )
  expect(result).toMatchObject({ passed: false, p99_ms: null, requests: 0 })
})

test('a step that was ended early is not blamed for having had less time', () => {
  const bad = { latencyMs: 1, outcome: 'status' as const }
  const early: Step = { ...step, ended: 'early', toUs: FROM_US + 30_000 }
  const result = judgeStep(
    early,
    rows(n => (n % 4 === 0 ? bad : ok(5)), 900),
    limits,
  )
  expect(result.reasons).toHaveLength(1)
})

test.each([
  { what: 'late on a saturated machine', facts: { busy: 0.97 }, latencyMs: 300, blame: 'machine' },
  { what: 'refused on a saturated machine', facts: { busy: 0.97 }, latencyMs: 0, blame: 'machine' },
  { what: 'late, while the prober stood still', facts: { stalledMs: 400 }, latencyMs: 300, blame: 'machine' },
  { what: 'late on a machine with time to spare', facts: {}, latencyMs: 300, blame: 'system' },
  { what: 'refused on a machine with time to spare', facts: {}, latencyMs: 0, blame: 'system' },
] as const)('$what: the $blame', ({ facts, latencyMs, blame }) => {
  const become = latencyMs === 0 ? { latencyMs: 1, outcome: 'status' as const } : ok(latencyMs)
  const result = judgeStep(
    { ...step, ...facts },
    rows(() => become),
    limits,
  )
  expect(result).toMatchObject({ passed: false, blame })
})

test('a probe that could not be sent: the machine', () => {
  const unsent = { latencyMs: 0, outcome: 'unsent' as const }
  const result = judgeStep(
    step,
    rows(n => (n % 100 === 0 ? unsent : ok(5))),
    limits,
  )
  expect(result).toMatchObject({ passed: false, blame: 'machine' })
})

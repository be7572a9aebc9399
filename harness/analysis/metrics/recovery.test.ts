import { expect, test } from 'vitest'
import { analyse } from '../analyse.ts'
import { historyOf, type Scenario } from '../testing/history-builder.ts'

const metricsOf = (scenario: Scenario) => analyse(historyOf(scenario)).metrics

test('a system that notices nothing has recovered at once', () => {
  expect(metricsOf({})).toMatchObject({
    recovery_ms: { value: 0 },
    flaps: { value: 0 },
    censored: { value: 0 },
    latency_restored_ms: { value: 0 },
  })
})

test('the window begins at the first probe after the last bad one; the truth lies in its bounds', () => {
  const { recovery_ms } = metricsOf({ outages: [{ fromMs: 0, toMs: 800, manner: 'refused' }] })
  // Last bad sent at 791.4, the fault at 2 at the latest; first good ended at 803.4, the fault at −2 at the earliest.
  expect(recovery_ms).toEqual({ value: 801.3, bounds: { lower: 789.4, upper: 805.4 } })
})

test('one that was in flight and became bad is part of the first window', () => {
  const scenario: Scenario = { latencyMs: () => 19, outages: [{ fromMs: 0, toMs: 1, manner: 'reset' }] }
  const { recovery_ms } = metricsOf(scenario)
  expect(recovery_ms.value).toBeGreaterThan(0)
  expect(recovery_ms.value).toBeLessThan(20)
})

test('a latency outside the band is not steady: the p99 of the window counts', () => {
  const slowFor = (ms: number): Scenario => ({ latencyMs: (_, since) => (since > 0 && since < ms ? 60 : 2) })
  // 100 probes a window: the last slow one may stay in it.
  expect(metricsOf(slowFor(600)).recovery_ms.value).toBeCloseTo(591.3)
  expect(metricsOf(slowFor(600)).latency_restored_ms.value).toBeCloseTo(591.3)
  expect(metricsOf({ latencyMs: (_, since) => (since > 0 ? 50 : 2) }).recovery_ms.value).toBe(0)
})

test('tolerated failures do not end the steady state', () => {
  const outages = [{ fromMs: 0, toMs: 3000, manner: 'status' as const, hits: (k: number) => k % 20 === 0 }]
  expect(metricsOf({ outages, steadyState: { minSuccess: 0.9, maxP99Ms: 250 } }).recovery_ms.value).toBe(0)
  expect(metricsOf({ outages }).recovery_ms.value).toBeGreaterThan(2800)
})

test('a relapse is a flap; if the run ends before it is over, it is censored', () => {
  const first = { fromMs: 0, toMs: 100, manner: 'reset' } as const
  const relapsed = metricsOf({ outages: [first, { fromMs: 3000, toMs: 3100, manner: 'reset' }] })
  expect(relapsed).toMatchObject({
    recovery_ms: { value: 101.3 },
    flaps: { value: 1 },
    censored: { value: 0 },
  })
  const unended = metricsOf({ outages: [first, { fromMs: 6500, toMs: 6550, manner: 'reset' }] })
  expect(unended).toMatchObject({
    recovery_ms: { value: 101.3 },
    flaps: { value: 1 },
    censored: { value: 1 },
  })
})

test('a run that ends first is censored, and says what is certain', () => {
  const { recovery_ms, censored } = metricsOf({ outages: [{ fromMs: 0, toMs: 6500, manner: 'refused' }] })
  expect(censored).toEqual({ value: 1 })
  expect(recovery_ms).toEqual({
    value: null,
    reason: 'the run ended before 1000 ms of it were steady',
    atLeast: 5999.3, // the last full window began at 6001.3, the fault at 2 at the latest
  })
})

test('a run that is shorter than the window is censored', () => {
  const { recovery_ms } = metricsOf({ timing: { steadyWindowMs: 8000 } })
  expect(recovery_ms).toEqual({ value: null, reason: 'the run ended less than 8000 ms after the fault' })
})

test('latency is back with the first good answer, not with the second that ends in it', () => {
  const { latency_restored_ms } = metricsOf({ outages: [{ fromMs: 0, toMs: 2500, manner: 'refused' }] })
  expect(latency_restored_ms).toEqual({ value: 2501.3 })
})

test('latency that comes back for less than W has not come back', () => {
  const latencyMs = (_: number, since: number) => (since > 0 && since < 2000 && since % 1500 < 200 ? 80 : 2)
  expect(metricsOf({ latencyMs, timing: { steadyWindowMs: 1500 } }).latency_restored_ms.value).toBeCloseTo(
    1691.3,
  )
})

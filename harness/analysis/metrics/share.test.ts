import { expect, test } from 'vitest'
import { analyse } from '../analyse.ts'
import { historyOf, type Scenario } from '../testing/history-builder.ts'

const metricsOf = (scenario: Scenario) => analyse(historyOf(scenario)).metrics

test('two survivors of three carry half as much again', () => {
  const { share } = metricsOf({ ratePerSecond: 300 })
  expect(share.value?.before['gateway-a']).toBeCloseTo(1 / 3, 2)
  expect(share.value?.during['gateway-a']).toBe(0)
  expect(share.value?.during['gateway-b']).toBeCloseTo(0.5, 2)
  expect(share.value?.growth['gateway-b']).toBeCloseTo(0.5, 1)
  expect(Object.keys(share.value?.growth ?? {})).toEqual(['gateway-b', 'gateway-c'])
})

test('when nobody answered, the shares are empty, not 0', () => {
  const { share, p99_ms } = metricsOf({ peers: 1, outages: [{ fromMs: 0, toMs: 3500, manner: 'refused' }] })
  expect(share.value).toEqual({ before: { 'gateway-a': 1 }, during: {}, growth: {} })
  expect(p99_ms.value).toEqual({ before: 2.1, during: null, after: 2.1 })
})

test('no answer names a peer', () => {
  const reason = 'no answer before the fault named a peer of gateway-a in `x-instance`'
  expect(metricsOf({ answeredBy: () => null }).share).toEqual({ value: null, reason })
})

test('p99 from due times: a late sending counts', () => {
  const latencyMs = (k: number, since: number) => (since > 0 && since < 3000 && k % 50 === 0 ? 40 : 2)
  expect(metricsOf({ latencyMs }).p99_ms.value).toEqual({ before: 2.1, during: 40.1, after: 2.1 })
})

test('full capacity: the target has its share again for W, beginning with an answer of its own', () => {
  const back = (ms: number): Scenario => ({
    answeredBy: (k, since) => (since < 0 || since >= ms ? k % 3 : 1 + (k % 2)),
  })
  const restored = metricsOf(back(3600)).capacity_restored_ms.value
  expect(restored).toBeGreaterThanOrEqual(3600)
  expect(restored).toBeLessThan(3640)
  expect(metricsOf(back(6500)).capacity_restored_ms).toMatchObject({
    value: null,
    reason: 'the run ended before gateway-a had carried 80 % of its fair share for 1000 ms',
  })
})

test('full capacity counts from the restart by the engine, where that comes first', () => {
  const { capacity_restored_ms } = metricsOf({
    faultKind: 'crash',
    answeredBy: (k, since) => (since < 0 || since >= 1200 ? k % 3 : 1 + (k % 2)),
    moreEvents: ({ us, target }) => [
      { type: 'engine', action: 'start', container: target, atUs: us(800), errorUs: 3000 },
    ],
  })
  expect(capacity_restored_ms.value).toBeGreaterThanOrEqual(1200)
  expect(capacity_restored_ms.value).toBeLessThan(1240)
})

test('full capacity is missing when the fault was never undone, or the header is not there', () => {
  expect(metricsOf({ healMs: null }).capacity_restored_ms).toMatchObject({
    reason: 'the fault was not undone in this run',
  })
  expect(metricsOf({ answeredBy: () => null }).capacity_restored_ms).toMatchObject({
    reason: 'no answer named a peer of gateway-a in `x-instance`',
  })
})

import { expect, test } from 'vitest'
import { analyse } from '../analyse.ts'
import { historyOf, type Scenario } from '../testing/history-builder.ts'

const metricsOf = (scenario: Scenario) => analyse(historyOf(scenario)).metrics

test('what was lost, and what of it was in flight when the fault struck', () => {
  const metrics = metricsOf({
    latencyMs: () => 30, // three in flight
    meetsAt: () => 1,
    outages: [{ fromMs: 0, toMs: 1000, manner: 'reset' }],
  })
  // Met at due + 30.1: due from −28.7 to 961.3. The fault is certain from 2 ms on, so that 1.3 was in flight too.
  expect(metrics.lost_requests).toEqual({ value: 100 })
  expect(metrics.lost_in_flight).toEqual({ value: 4 })
  expect(metrics.lost_new).toEqual({ value: 96 })
  expect(metrics.lost_ms).toEqual({ value: 1000 })
})

test('the share is of all probes that had not ended before the fault', () => {
  expect(metricsOf({ outages: [{ fromMs: 0, toMs: 700, manner: 'refused' }] }).bad_share).toEqual({
    value: 0.1,
  })
})

test('nothing lost is 0, not missing', () => {
  expect(metricsOf({})).toMatchObject({
    lost_requests: { value: 0 },
    lost_ms: { value: 0 },
    bad_share: { value: 0 },
  })
})

test('bins of 100 ms: outage without a good probe, degraded with both', () => {
  const metrics = metricsOf({
    outages: [
      { fromMs: 0, toMs: 250, manner: 'refused' },
      { fromMs: 500, toMs: 900, manner: 'status', hits: k => k % 2 === 0 },
    ],
  })
  expect(metrics.outage_ms).toEqual({ value: 200 })
  expect(metrics.degraded_ms).toEqual({ value: 100 + 400 })
})

test('one lost in flight degrades the bin before the fault, in which others were good', () => {
  const metrics = metricsOf({ latencyMs: () => 19, outages: [{ fromMs: 0, toMs: 1, manner: 'reset' }] })
  expect(metrics.lost_requests).toEqual({ value: 1 })
  expect(metrics.outage_ms).toEqual({ value: 0 })
  expect(metrics.degraded_ms).toEqual({ value: 100 })
})

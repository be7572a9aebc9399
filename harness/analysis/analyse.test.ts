import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OUTCOMES, STREAMS } from '../history/sample.ts'
import { analyse } from './analyse.ts'
import { historyOf, type Outage, reordered, type Scenario } from './testing/history-builder.ts'

const outage: fc.Arbitrary<Outage> = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 5000 }),
    lengthMs: fc.integer({ min: 0, max: 1500 }),
    manner: fc.constantFrom('refused', 'reset', 'status', 'silence'),
    every: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ fromMs, lengthMs, manner, every }) => {
    return { fromMs, toMs: fromMs + lengthMs, manner, hits: k => k % every === 0 }
  })

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    outages: fc.array(outage, { maxLength: 3 }),
    latencies: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1 }),
  })
  .map(({ outages, latencies }) => ({ outages, latencyMs: k => latencies[k % latencies.length] ?? 1 }))

test('the same history gives the same analysis, whatever the order of its rows', () => {
  fc.assert(
    fc.property(scenario, fc.infiniteStream(fc.nat()), (given, random) => {
      const history = historyOf(given)
      const keys = Array.from({ length: history.samples.length }, () => random.next().value)
      const order = [...keys.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
      const shuffled = { ...history, samples: reordered(history.samples, order) }
      expect(JSON.stringify(analyse(shuffled))).toBe(JSON.stringify(analyse(history)))
    }),
    { numRuns: 40 },
  )
})

test('more bad probes never mean fewer lost requests, nor a shorter time lost', () => {
  fc.assert(
    fc.property(scenario, fc.array(fc.nat(2000), { maxLength: 50 }), (given, rows) => {
      const history = historyOf(given)
      const { samples } = history
      const outcome = samples.outcome.slice()
      for (const row of rows) outcome[row % samples.length] = OUTCOMES.indexOf('reset')
      const before = analyse(history).metrics
      const after = analyse({ ...history, samples: { ...samples, outcome } }).metrics
      expect(after.lost_requests.value).toBeGreaterThanOrEqual(before.lost_requests.value ?? 0)
      expect(after.lost_ms.value).toBeGreaterThanOrEqual(before.lost_ms.value ?? 0)
      expect((after.lost_in_flight.value ?? 0) + (after.lost_new.value ?? 0)).toBe(after.lost_requests.value)
    }),
    { numRuns: 60 },
  )
})

test('the load’s samples change nothing', () => {
  const history = historyOf({ outages: [{ fromMs: 0, toMs: 300, manner: 'refused' }] })
  const { samples } = history
  const doubled = reordered(samples, [...samples.dueUs.keys(), ...samples.dueUs.keys()])
  doubled.stream.fill(STREAMS.indexOf('load'), samples.length)
  doubled.outcome.fill(OUTCOMES.indexOf('reset'), samples.length)
  expect(analyse({ ...history, samples: doubled })).toEqual(analyse(history))
})

test('what is measured of a trial survives JSON', () => {
  const analysis = analyse(historyOf({ outages: [{ fromMs: 0, toMs: 9000, manner: 'refused' }] }))
  expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis)
})

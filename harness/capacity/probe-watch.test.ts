import { expect, test } from 'vitest'
import { ProbeWatch } from './probe-watch.ts'
import { type EndedRow, endedRows } from './testing/ended-rows.ts'

const probe = (dueMs: number, more: Partial<EndedRow> = {}): EndedRow => ({
  dueUs: dueMs * 1000,
  latencyMs: 5,
  outcome: 'ok',
  stream: 'probe',
  ...more,
})

test('calm lasts from the last probe that was bad or slow; the load counts for nothing', () => {
  const watch = new ProbeWatch(100)
  watch.restart(1_000_000)
  watch.add(endedRows([probe(900, { outcome: 'status' }), probe(1050), probe(1500)]))
  expect(watch.calmMs).toBe(500)
  watch.add(
    endedRows([
      probe(1550, { latencyMs: 101 }),
      probe(1600),
      probe(1650, { stream: 'load', outcome: 'reset' }),
    ]),
  )
  expect(watch.calmMs).toBeCloseTo(50)
  expect(watch.newestEndUs).toBe(1_651_000)
})

test('who answered since then is known by the parts of the header’s values', () => {
  const watch = new ProbeWatch(100)
  watch.learn(1, 'lb, gw-a')
  watch.learn(2, 'lb,gw-b')
  watch.add(endedRows([probe(50, { instance: 1 }), probe(100, { instance: 2 })]))
  expect([...watch.answered].sort()).toEqual(['gw-a', 'gw-b', 'lb'])
  watch.add(endedRows([probe(150, { outcome: 'refused' }), probe(200, { instance: 2 })]))
  expect([...watch.answered].sort()).toEqual(['gw-b', 'lb'])
})

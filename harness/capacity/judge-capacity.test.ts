import { expect, test } from 'vitest'
import { emptyColumns } from '../history/sample-row.ts'
import { renderCapacityPage } from '../report/capacity-page.ts'
import { renderCapacitySummary } from '../report/capacity-summary.ts'
import type { CapacityRecord } from './capacity-record.ts'
import { judgeCapacity } from './judge-capacity.ts'
import { type ConditionResult, judgeCondition } from './judge-condition.ts'

const member = (service: string, zone: string) => ({ service, number: 1, zone, tier: 'gateway' })
const record: CapacityRecord = {
  schema: 1,
  zonefall: '0.1.0',
  system: 'shop',
  file: 'docker-compose.yml',
  resolvedSha256: '',
  url: null,
  keys: { zone: 'zone', tier: 'tier' },
  instanceHeader: 'x-served-by',
  seed: 1,
  path: '/',
  fault: 'kill',
  limits: { minSuccess: 0.999, maxP99Ms: 250 },
  from: 100,
  maxRate: 5000,
  resolution: 0.05,
  stepMs: 4000,
  peak: 190,
  target: null,
  cpuShares: [{ cpus: 0.2, services: ['gw-a'] }],
  tiers: [{ tier: 'gateway', zones: { a: 1, b: 1, c: 1 } }],
  conditions: [
    { name: 'all', folder: 'all', zone: null, members: [] },
    { name: 'without a', folder: 'without-a', zone: 'a', members: [member('gw-a', 'a')] },
    { name: 'without b', folder: 'without-b', zone: 'b', members: [member('gw-b', 'b')] },
  ],
  machine: { cpu: 'x', cpus: 2, node: 'v24' },
  engine: {} as CapacityRecord['engine'],
}
const step = { outcomes: {}, requests: 1, bad: 0, seconds: 4, busy: 0.5, achieved: 1, p50_ms: 2, p99_ms: 9 }
const found = (carried: number, failed: number, more: Partial<ConditionResult> = {}): ConditionResult => ({
  carried,
  failed,
  limited_by: 'system',
  note: null,
  steps: [
    { ...step, rate: carried, passed: true, reasons: [], blame: null },
    { ...step, rate: failed, passed: false, reasons: ['<late>'], blame: 'system', p99_ms: null },
  ],
  ...more,
})
const judge = (results: Record<string, ConditionResult>, more: Partial<CapacityRecord> = {}) =>
  judgeCapacity({
    record: { ...record, ...more },
    generator: found(4000, 5000),
    results: new Map(Object.entries(results)),
    folder: 'results/x',
  })
const fine = { all: found(300, 312), 'without-a': found(200, 208), 'without-b': found(195, 204) }

test('every zone’s loss carries the peak: pass; N−1 is the worst of them', () => {
  const verdict = judge(fine)
  expect(verdict).toMatchObject({ status: 'pass', n: 300, n_minus_1: 195, ratio: 0.65, left_out: [] })
  expect(verdict.conditions.map(({ carries_peak }) => carries_peak)).toEqual(['yes', 'yes', 'yes'])
})

test('one does not: fail, whatever is not known beside it', () => {
  const unknown = found(150, 190, { limited_by: 'machine' })
  const verdict = judge({ ...fine, 'without-a': unknown, 'without-b': found(180, 190) })
  expect(verdict).toMatchObject({ status: 'fail', reasons: ['without b: 180/s are carried, not 190.'] })
})

test.each([
  ['the machine gave out first', found(150, 180, { limited_by: 'machine' }), 'nothing left to give'],
  [
    'the generator did',
    found(150, 180, { limited_by: 'generator', failed: null }),
    'load generator’s own limit',
  ],
  ['it lies within what is not known', found(185, 193, {}), 'between what was carried and what was not'],
  [
    'the search was cut short',
    found(150, 180, { limited_by: null, note: 'The budget was over.' }),
    'The budget was over.',
  ],
])('%s: inconclusive, never a pass', (_, result, words) => {
  const { status, reasons } = judge({ ...fine, 'without-b': result })
  expect(status).toBe('inconclusive')
  expect(reasons[0]).toContain(words)
})

test('a zone that was not tried leaves the peak open', () => {
  const { all, 'without-a': a } = fine
  expect(judge({ all, 'without-a': a })).toMatchObject({ status: 'inconclusive', left_out: ['without b'] })
})

test('without a peak: what was measured is reported, what was not makes it inconclusive', () => {
  expect(judge(fine, { peak: null })).toMatchObject({ status: 'pass', model: { sizing: null } })
  expect(judge({ all: fine.all }, { peak: null }).status).toBe('inconclusive')
  expect(judge({}, { peak: null })).toMatchObject({ status: 'inconclusive', n: null, model: null })
})

test('a capped loss is not held against the model', () => {
  const { model } = judge({ ...fine, 'without-a': found(150, 180, { limited_by: 'machine' }) })
  expect(model?.losses.map(({ measured }) => measured)).toEqual([null, 195])
})

test('where N is capped there is no ratio, and the model is a least that nothing is held against', () => {
  const verdict = judge({ ...fine, all: found(300, 312, { limited_by: 'machine' }) })
  expect(verdict).toMatchObject({ n: 300, n_minus_1: 195, ratio: null, model: { is_least: true } })
  expect(verdict.model?.losses.map(({ measured }) => measured)).toEqual([null, null])
  const lines = renderCapacitySummary(verdict, { colour: false }).join('\n')
  expect(lines).toContain('with a zone gone 195/s at worst. Capped')
  expect(lines).toContain('That is a least, since N was capped')
})

test('a zone whose loss stops all answers: 0, by the system; on a saturated machine, not known', () => {
  const ceiling = { rate: 1000, by: 'generator' as const }
  const limits = record.limits
  const rows = emptyColumns(0)
  const end = (how: 'not-calm' | 'done') => ({ type: 'end' as const, how })
  expect(judgeCondition({ events: [end('not-calm')], rows, limits, ceiling })).toMatchObject({
    carried: 0,
    limited_by: 'system',
  })
  expect(judgeCondition({ events: [{ ...end('not-calm'), busy: 1 }], rows, limits, ceiling })).toMatchObject({
    carried: null,
    limited_by: 'machine',
  })
  const calm = { type: 'calm' as const, atUs: 0, waitedMs: 1, busy: 0.1, instances: [] }
  const failing = { type: 'step', rate: 40, clients: 2, fromUs: 0, toUs: 4e6, ended: 'whole' } as const
  const on = (busy: number) => [calm, { ...failing, busy, stalledMs: 0 }, end('done')]
  expect(judgeCondition({ events: on(0.2), rows, limits, ceiling })).toMatchObject({
    carried: 0,
    limited_by: 'system',
  })
  expect(judgeCondition({ events: on(1), rows, limits, ceiling })).toMatchObject({
    carried: null,
    limited_by: 'machine',
  })
  expect(judgeCondition({ events: [calm], rows, limits, ceiling })).toMatchObject({
    carried: null,
    limited_by: null,
  })
})

test('the summary says N, N−1, the peak and how far off the model was; the page escapes what it is told', () => {
  const lines = renderCapacitySummary(judge(fine, { target: 1_000_000 }), { colour: false }).join('\n')
  expect(lines).toContain('N: 300/s with all instances; with a zone gone 195/s at worst, 65 % of it.')
  expect(lines).toContain('The peak of 190/s survives the loss of any one zone.')
  expect(lines).toContain('Without b it says 200/s; measured 195/s: off by −2.5 %.')
  const page = renderCapacityPage(judge(fine))
  expect(page).toContain('&lt;late&gt;')
  expect(page).not.toContain('<late>')
})

import { expect, test } from 'vitest'
import { analyse } from '../analysis/analyse.ts'
import { frameOf } from '../analysis/frame.ts'
import { probesOf } from '../analysis/probes.ts'
import { historyOf, type Scenario } from '../analysis/testing/history-builder.ts'
import { heldOf } from './held.ts'
import { judgeCell } from './judge-cell.ts'

/** The fault comes at 0 and holds for 3 s; 4 s of recovery; W is 1 s. */
function judged(scenario: Scenario) {
  const history = historyOf(scenario)
  const frame = frameOf(history, probesOf(history.samples))
  return judgeCell(analyse(history), frame && heldOf(frame))
}

const everySecond = (k: number) => k % 2 === 0

test('no bad probe is redundant; so are those that were in flight', () => {
  expect(judged({})).toEqual({ word: 'redundant', reason: 'It cost no probe.' })
  expect(judged({ outages: [{ fromMs: -5, toMs: 1, manner: 'reset' }] })).toMatchObject({ word: 'redundant' })
})

test('answers that are slow for longer than a second are a degradation, for less are none', () => {
  const slowFor = (endMs: number) => judged({ latencyMs: (_, ms) => (ms >= 0 && ms < endMs ? 120 : 2) })
  expect(slowFor(800)).toMatchObject({ word: 'redundant' })
  expect(slowFor(1500)).toMatchObject({ word: 'degraded', reason: expect.stringContaining('slow for') })
})

test('an outage that ends while the fault holds is a degradation', () => {
  expect(judged({ outages: [{ fromMs: 0, toMs: 900, manner: 'refused' }] })).toMatchObject({
    word: 'degraded',
  })
})

test('a blip when the target comes back is a degradation', () => {
  expect(judged({ outages: [{ fromMs: 3000, toMs: 3200, manner: 'status' }] })).toMatchObject({
    word: 'degraded',
  })
})

test('an outage that lasts as long as the fault is a SPOF', () => {
  expect(judged({ outages: [{ fromMs: 0, toMs: 3100, manner: 'refused' }] })).toMatchObject({ word: 'SPOF' })
})

test('what hangs until the undoing lets it go was not served by the system', () => {
  const latencyMs = (_: number, ms: number) => (ms >= 0 && ms < 3000 ? Math.max(2, 3010 - ms) : 2)
  expect(judged({ latencyMs, deadlineMs: 5000, slos: [] })).toMatchObject({
    word: 'SPOF',
    reason: expect.stringMatching(/^9\d|^100 %/),
  })
})

test('wholly down for longer than the limit is a SPOF, even if the system gets over it', () => {
  const timing = { holdMs: 6000 }
  expect(judged({ timing, outages: [{ fromMs: 0, toMs: 1900, manner: 'refused' }] })).toMatchObject({
    word: 'degraded',
  })
  expect(judged({ timing, outages: [{ fromMs: 0, toMs: 2200, manner: 'refused' }] })).toMatchObject({
    word: 'SPOF',
    reason: expect.stringContaining('got over it by itself'),
  })
})

test('half lost to the end of the hold decides nothing: a longer one would', () => {
  const outage = { fromMs: 0, toMs: 3100, manner: 'refused', hits: everySecond } as const
  expect(judged({ outages: [outage] })).toMatchObject({
    word: 'inconclusive',
    reason: expect.stringContaining('--hold'),
  })
})

test('a system that is not steady again at the end is inconclusive; a SPOF stays one', () => {
  const relapse = { fromMs: 6500, toMs: 9000, manner: 'refused' } as const
  expect(judged({ outages: [relapse] })).toMatchObject({
    word: 'inconclusive',
    reason: expect.stringContaining('not steady again'),
  })
  expect(judged({ outages: [{ fromMs: 0, toMs: 9000, manner: 'refused' }] })).toMatchObject({ word: 'SPOF' })
})

test('an invalid trial is inconclusive, with its reason: a target that carried nothing', () => {
  expect(judged({ answeredBy: () => 1 })).toMatchObject({
    word: 'inconclusive',
    reason: expect.stringContaining('answered nothing before the fault'),
  })
})

test('where nothing was broken there is nothing to judge', () => {
  const keeps: Scenario['keeps'] = event => event.type !== 'fault'
  expect(judged({ keeps })).toMatchObject({ word: 'inconclusive' })
})

import { describe, expect, test } from 'vitest'
import { analyse } from '../analyse.ts'
import { historyOf, type Scenario } from '../testing/history-builder.ts'

const codesOf = (scenario: Scenario) => {
  const { validity } = analyse(historyOf(scenario))
  return validity.status === 'valid' ? [] : validity.reasons.map(({ code, text }) => `${code}: ${text}`)
}
const inTurn = (k: number) => k % 3
const isOn = (ms: number) => ms >= 0 && ms < 3000
/** The target's answers, every third, take so long while the fault is on. */
const targetTakes = (latencyMs: number) => (k: number, ms: number) =>
  k % 3 === 0 && isOn(ms) ? latencyMs : 2

describe('impaired', () => {
  const impaired: Scenario = { faultKind: 'loss', effect: 'impaired', answeredBy: inTurn }

  test('nothing of it can be seen: the trial says nothing', () => {
    expect(codesOf(impaired)).toEqual([
      expect.stringMatching(
        /^fault-without-effect: In the 29\d\d ms that the loss of gateway-a was on, no probe was bad/,
      ),
    ])
  })
  test.each<[string, Scenario]>([
    ['bad probes', { outages: [{ fromMs: 200, toMs: 300, manner: 'reset' }] }],
    ['late answers of the target', { latencyMs: targetTakes(120) }],
    ['late answers of nobody knows whom', { answeredBy: () => null, latencyMs: targetTakes(120) }],
    ['fewer answers of the target', { answeredBy: (k, ms) => (isOn(ms) && k % 6 === 0 ? 1 : k % 3) }],
  ])('%s show it', (_, scenario) => {
    expect(codesOf({ ...impaired, ...scenario })).toEqual([])
  })
  test.each<[string, Scenario]>([
    ['two late answers', { latencyMs: (k, ms) => (isOn(ms) && ms < 60 && k % 3 === 0 ? 120 : 2) }],
    ['late answers of another', { latencyMs: (k, ms) => (isOn(ms) && k % 3 === 1 ? 120 : 2) }],
    ['late answers after it', { latencyMs: (k, ms) => (ms > 3100 && k % 3 === 0 ? 120 : 2) }],
  ])('%s do not', (_, scenario) => {
    expect(codesOf({ ...impaired, ...scenario })).toEqual([expect.stringMatching(/^fault-without-effect/)])
  })
})

describe('slower', () => {
  const slower: Scenario = { faultKind: 'latency', effect: { slowerByMs: 30 }, answeredBy: inTurn }

  test('by as much as the fault says', () => {
    expect(codesOf({ ...slower, latencyMs: targetTakes(32) })).toEqual([])
  })
  test('by less', () => {
    expect(codesOf({ ...slower, latencyMs: targetTakes(12) })).toEqual([
      'fault-without-effect: While the latency was on, the middle of what gateway-a answered took 10 ms longer than before, and should have taken at least 30 ms longer.',
    ])
  })
  test('so much that nothing came any more', () => {
    expect(codesOf({ ...slower, answeredBy: (k, ms) => (isOn(ms) ? 1 + (k % 2) : k % 3) })).toEqual([])
  })
  test('where nobody is named, some answers must be slow', () => {
    const unnamed: Scenario = { ...slower, effect: { slowerByMs: 200 }, answeredBy: () => null }
    expect(codesOf({ ...unnamed, latencyMs: targetTakes(202) })).toEqual([])
    expect(codesOf(unnamed)).toEqual([
      expect.stringMatching(/^effect-unseen/),
      expect.stringMatching(/^fault-without-effect/),
    ])
  })
})

test('a fault that traffic need not show is proven by what was read back alone', () => {
  const scenario: Scenario = { faultKind: 'slow-close', effect: 'none-in-traffic', answeredBy: inTurn }
  expect(codesOf(scenario)).toEqual([])
  const keeps: Scenario['keeps'] = event => event.type !== 'fault-verified'
  expect(codesOf({ ...scenario, keeps })).toEqual([expect.stringMatching(/^fault-not-verified/)])
  // No request goes through it, so that none can name it either.
  const behind: Scenario = { ...scenario, answeredBy: () => null }
  expect(codesOf(behind)).toEqual([])
  expect(codesOf({ ...behind, keeps })).toEqual([expect.stringMatching(/^fault-not-verified/)])
})

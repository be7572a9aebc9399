import { describe, expect, test } from 'vitest'
import { type Analysis, analyse } from '../analysis/analyse.ts'
import { historyOf, type Scenario } from '../analysis/testing/history-builder.ts'
import { exitCodeOf } from './exit-code.ts'
import { judge } from './judge.ts'
import { type Status, worst } from './status.ts'

const trial = (scenario: Scenario = {}) => analyse(historyOf({ slos: [], ...scenario }))
const down = (toMs: number): Analysis =>
  trial({ outages: [{ fromMs: 0, toMs, manner: 'refused' }], timing: { steadyWindowMs: 1000 } })
const invalid = trial({ keeps: event => event.type !== 'fault-verified' })

const verdictOf = (slos: readonly string[], trials: readonly Analysis[], wanted = trials.length) =>
  judge({ experiment: 'gateway-kill', system: 'shop', seed: 7, slos, trials, results: 'results/x', wanted })

test('the shape that DESIGN.md fixes', () => {
  const verdict = verdictOf(['error_window_ms max < 2500', 'censored count == 0'], [down(500)])
  expect(verdict).toMatchObject({
    schema: 1,
    status: 'pass',
    reasons: [],
    experiment: 'gateway-kill',
    system: 'shop',
    seed: 7,
    trials: [
      {
        status: 'pass',
        metrics: {
          error_window_ms: { value: 500, lower: 488.8, upper: 512 },
          outage_ms: 500,
          degraded_ms: 0,
          lost_requests: 50,
          lost_ms: 500,
          detection_ms: null,
          detection_ms_reason: 'no balancer told the states of its servers',
          recovery_ms: 501.3,
          recovery_ms_bounds: { lower: 489.4, upper: 505.4 },
          latency_restored_ms: 0,
          p99_ms: { before: 2.1, during: 2.1, after: 2.1 },
          share: { before: expect.any(Object), during: expect.any(Object) },
        },
      },
    ],
    slos: [
      { rule: 'error_window_ms max < 2500', status: 'pass', observed: 500, margin: 2000 },
      { rule: 'censored count == 0', status: 'pass', observed: 0, margin: 0 },
    ],
    results: 'results/x',
  })
  expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
})

describe('a rule', () => {
  test('is violated', () => {
    const verdict = verdictOf(['error_window_ms max < 300'], [down(500), down(100)])
    expect(verdict.status).toBe('fail')
    expect(verdict.slos).toMatchObject([{ status: 'fail', observed: 500, margin: -200 }])
    expect(verdict.reasons).toEqual(['error_window_ms max < 300: observed 500'])
    expect(verdict.trials.map(({ status }) => status)).toEqual(['fail', 'pass'])
  })

  test('whose limit lies inside the bracket is undecided', () => {
    const verdict = verdictOf(['error_window_ms max < 505'], [down(500)])
    expect(verdict.status).toBe('inconclusive')
    expect(verdict.reasons).toEqual([
      'error_window_ms max < 505: the limit lies inside the bracket, 488.8 to 512',
    ])
  })

  test('a window of 0 passes only limits above what could hide', () => {
    expect(verdictOf(['error_window_ms max < 12.1'], [trial()]).status).toBe('pass')
    expect(verdictOf(['error_window_ms max < 10'], [trial()]).status).toBe('inconclusive')
  })

  test('on a metric that was not measured never passes', () => {
    for (const rule of ['detection_ms max < 9999999', 'detection_ms min >= 0', 'detection_ms count >= 0']) {
      const verdict = verdictOf([rule], [trial()])
      expect(verdict.status).toBe('inconclusive')
      expect(verdict.slos).toMatchObject([{ observed: null, margin: null }])
      expect(verdict.reasons).toEqual([
        `${rule}: detection_ms could not be measured: no balancer told the states of its servers`,
      ])
    }
  })

  test('on a censored metric fails if what is certain is enough, and never passes', () => {
    const censored = down(60_000)
    const verdict = verdictOf(['error_window_ms max < 2500'], [censored])
    expect(verdict.status).toBe('fail')
    expect(verdict.reasons[0]).toMatch(
      /^error_window_ms max < 2500: error_window_ms could not be measured: the run ended .*; it is at least 6988\.8$/,
    )
    expect(verdictOf(['error_window_ms min > 2500'], [censored]).status).toBe('inconclusive')
    expect(verdictOf(['error_window_ms max < 10s'], [censored]).status).toBe('inconclusive')
    expect(verdictOf(['censored count == 0'], [censored, down(100)]).status).toBe('fail')
  })

  test('with p(q) and too few valid trials is undecided', () => {
    const verdict = verdictOf(['recovery_ms p(50) < 3000'], [down(100)])
    expect(verdict.reasons).toEqual(['recovery_ms p(50) < 3000: it needs 2 valid trials, and there are 1'])
    expect(verdict.trials).toMatchObject([{ status: 'pass' }])
    expect(verdictOf(['recovery_ms p(50) < 300'], [down(100), down(900)]).status).toBe('pass')
  })
})

describe('trials', () => {
  test('none', () => {
    expect(verdictOf(['lost_ms max < 800'], [])).toMatchObject({
      status: 'invalid',
      reasons: ['There is no trial to judge by.'],
      slos: [{ status: 'invalid', observed: null }],
      proves: 'No valid trial: nothing is proved.',
    })
  })

  test('an invalid one is no pass, whatever the others say', () => {
    const verdict = verdictOf(['lost_ms max < 800'], [down(100), invalid])
    expect(verdict.status).toBe('invalid')
    expect(verdict.trials.map(({ status }) => status)).toEqual(['pass', 'invalid'])
    expect(verdict.reasons).toEqual([
      'Trial 2: Whether the fault took hold was never read back. Look at the target’s log and at the engine’s.',
    ])
  })

  test('an invalid one does not hide a failure, nor does it make one', () => {
    expect(verdictOf(['lost_ms max < 80'], [down(100), invalid]).status).toBe('fail')
    expect(verdictOf(['lost_ms max < 0'], [invalid]).status).toBe('invalid')
  })

  test('an invalid one that another made good is told of', () => {
    const verdict = verdictOf(['lost_ms max < 800'], [invalid, down(100)], 1)
    expect(verdict).toMatchObject({
      status: 'pass',
      reasons: [expect.stringMatching(/^Trial 1: Whether the fault/)],
    })
    expect(verdict.proves).toContain(
      'No violation in 1 valid trial (1 more was invalid and is left out) bounds',
    )
    expect(verdictOf(['lost_ms max < 800'], [invalid, down(100)], 2).status).toBe('invalid')
  })

  test('a repeat does not make an invalid one good in which a limit was violated', () => {
    const unsent = trial({
      outages: [{ fromMs: 0, toMs: 2900, manner: 'refused' }],
      isUnsent: (_, ms) => ms > 3000 && ms < 3010,
    })
    expect(unsent.validity).toMatchObject({ reasons: [{ code: 'probes-unsent' }] })
    const verdict = verdictOf(['error_window_ms max < 2500'], [unsent, down(300)], 1)
    expect(verdict.status).toBe('invalid')
    expect(verdict.reasons.join()).toMatch(
      /Trial 1: It was invalid, and error_window_ms max < 2500 was violated in it \(observed 2\d+\)/,
    )
    const short = trial({
      outages: [{ fromMs: 0, toMs: 300, manner: 'refused' }],
      isUnsent: (_, ms) => ms > 3000 && ms < 3010,
    })
    expect(verdictOf(['error_window_ms max < 2500'], [short, down(300)], 1).status).toBe('pass')
  })

  test('no rules: nothing to pass', () => {
    expect(verdictOf([], [down(100)])).toMatchObject({
      status: 'invalid',
      reasons: ['There is no SLO to judge by.'],
    })
  })

  test('a relapse is told, for the error window does not count it', () => {
    const outages = [
      { fromMs: 0, toMs: 100, manner: 'refused' as const },
      { fromMs: 3000, toMs: 3500, manner: 'refused' as const },
    ]
    const verdict = verdictOf(['error_window_ms max < 300'], [trial({ outages })])
    expect(verdict.status).toBe('pass')
    expect(verdict.reasons).toEqual([
      'A relapse 3001 ms after the fault: 50 bad, for 500 ms; the error window does not count it.',
    ])
  })

  test.each([
    [1, 95],
    [5, 45],
    [10, 26],
    [59, 5],
  ])('how much %d prove', (count, percent) => {
    const trials = Array.from({ length: count }, () => down(100))
    const { proves } = verdictOf(['lost_ms max < 800'], trials)
    expect(proves).toContain(`bounds the true rate of violations below ${percent} % (at 95 % confidence)`)
    expect(verdictOf(['lost_ms max < 80'], trials).proves).toMatch(new RegExp(`^A violation in ${count} of`))
  })
})

test('statuses merge worst first; the exit code follows', () => {
  const order: Status[] = ['fail', 'invalid', 'inconclusive', 'pass']
  for (const [index, status] of order.entries()) expect(worst(order.slice(index).toReversed())).toBe(status)
  expect(order.map(status => exitCodeOf(['pass', status]))).toEqual([1, 3, 3, 0])
  expect(exitCodeOf([])).toBe(3)
})

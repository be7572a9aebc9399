import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { analyse } from '../analyse.ts'
import { historyOf, type Manner, type Scenario } from '../testing/history-builder.ts'

const windowOf = (scenario: Scenario) => analyse(historyOf(scenario)).metrics.error_window_ms

describe('error window', () => {
  test.each<Manner>(['refused', 'reset', 'status'])('of a system that is down for 500 ms (%s)', manner => {
    expect(windowOf({ outages: [{ fromMs: 0, toMs: 500, manner }] })).toEqual({
      // bad: due at 1.3, 11.3 … 491.3; good before −8.7, good after 501.3; sent 0.1 late; bad ones end after 1.2
      value: { value: 500, lower: 488.8, upper: 512 },
    })
  })

  test('silence is noticed when several have waited longer than a steady system takes, or at a deadline before that', () => {
    const outages = [{ fromMs: 0, toMs: 500, manner: 'silence' as const }]
    const { value } = windowOf({ deadlineMs: 1000, outages })
    // the third bad probe, sent at 21.4, and 3 ms later: answers took 2 ms before
    expect(value).toEqual({ value: 500, lower: 467, upper: 512 })
    expect(windowOf({ deadlineMs: 15, outages }).value?.lower).toBe(475)
  })

  test('one probe that hangs may do so for a reason of its own: only its deadline counts', () => {
    const hits = (k: number) => k === 260
    const outages = [
      { fromMs: 0, toMs: 200, manner: 'silence' as const, hits },
      { fromMs: 200, toMs: 400, manner: 'refused' as const },
    ]
    expect(windowOf({ outages }).value?.lower).toBe(188.8)
  })

  test('where answers took long before, or the prober stood still, hanging proves nothing sooner', () => {
    const outages = [{ fromMs: 0, toMs: 1500, manner: 'silence' as const }]
    const lowerOf = (scenario: Scenario) => windowOf({ outages, ...scenario }).value?.lower ?? 0
    const steady = lowerOf({})
    expect(lowerOf({ latencyMs: k => (k === 100 ? 240 : 2) })).toBeCloseTo(steady - 1.5 * 240 + 3, 0)
    const stalled: Scenario['moreEvents'] = ({ us }) => [
      { type: 'prober-health', sent: 100, unsent: 0, maxLateUs: 0, maxLoopDelayUs: 90_000, atUs: us(900) },
    ]
    expect(lowerOf({ moreEvents: stalled })).toBeCloseTo(steady - 90, 0)
  })

  test('the first bad probe to have ended counts, not one that waits for its deadline', () => {
    const outages = [
      { fromMs: 0, toMs: 5, manner: 'silence' as const },
      { fromMs: 5, toMs: 500, manner: 'refused' as const },
    ]
    expect(windowOf({ outages }).value).toMatchObject({ value: 500, lower: 478.8 })
  })

  test.each([
    ['reset', 500, 60],
    ['reset', 590, 60],
    ['silence', 500, 200],
  ] as const)(
    'a stall just before the fault (%s, %i ms, after %i ms) is no part of the outage’s lower bound',
    (manner, toMs, stallMs) => {
      // What was sent while the system stalled is still unanswered when the fault strikes.
      const latencyMs = (_: number, ms: number) => (ms > -stallMs && ms < 0 ? -ms + 1 : 2)
      const { value } = windowOf({ latencyMs, meetsAt: () => 1, outages: [{ fromMs: 0, toMs, manner }] })
      expect(value?.lower).toBeLessThanOrEqual(toMs)
      expect(value?.lower).toBeGreaterThan(toMs - 40)
      expect(value?.upper).toBeGreaterThanOrEqual(toMs)
    },
  )

  test('good probes within it do not end it before W without a bad one', () => {
    const hits = (k: number) => k % 10 === 0
    expect(windowOf({ outages: [{ fromMs: 0, toMs: 800, manner: 'status', hits }] }).value?.value).toBe(710)
  })

  test('a second outage after W is a relapse: listed, and not part of it', () => {
    const { metrics, episodes } = analyse(
      historyOf({
        outages: [
          { fromMs: 0, toMs: 200, manner: 'refused' },
          { fromMs: 3000, toMs: 3700, manner: 'reset' },
        ],
      }),
    )
    expect(metrics.error_window_ms.value?.value).toBe(200)
    expect(metrics.flaps).toEqual({ value: 1 })
    expect(episodes).toMatchObject([
      { bad: 20, first_bad_ms: 1.3, outcomes: { refused: 20 }, window_ms: { value: { value: 200 } } },
      { bad: 70, first_bad_ms: 3001.3, outcomes: { reset: 70 }, window_ms: { value: { value: 700 } } },
    ])
  })

  test('without a good probe after it, it is not measured, but at least so long', () => {
    expect(windowOf({ outages: [{ fromMs: 0, toMs: 60_000, manner: 'refused' }] })).toEqual({
      value: null,
      reason: 'the run ended before a probe was good again',
      atLeast: 6988.8,
    })
  })

  test('without a bad probe it is 0, and at most the longest gap between good ones', () => {
    expect(windowOf({}).value).toEqual({ value: 0, lower: 0, upper: 12 })
    const isUnsent = (_: number, ms: number) => ms > 1000 && ms < 1100
    expect(windowOf({ isUnsent }).value).toEqual({ value: 0, lower: 0, upper: 112 })
  })

  test('one slow answer hides no outage, for those after it were answered at once', () => {
    const latencyMs = (k: number) => (k === 300 ? 200 : 2)
    expect(windowOf({ latencyMs }).value?.upper).toBe(22)
  })

  test('a stalled prober widens the bracket instead of moving the window', () => {
    const lateMs = (_: number, ms: number) => (ms > 200 && ms < 600 ? 600 - ms : 0.1)
    const { value } = windowOf({ lateMs, outages: [{ fromMs: 0, toMs: 500, manner: 'refused' }] })
    expect(value?.lower).toBeLessThan(200)
    expect(value?.upper).toBeGreaterThan(600)
  })
})

test('a slow probe that met the outage after quicker ones had passed: it may lie in any gap since', () => {
  // Down from 3 to 32 ms: probe 236 met it on its way, 251 and 252 came late to it, all others passed outside.
  const slow: Record<number, number> = { 236: 300, 251: 200, 252: 200 }
  const scenario: Scenario = {
    latencyMs: k => slow[k] ?? 2,
    outages: [{ fromMs: 3, toMs: 32, manner: 'reset' }],
  }
  const { metrics } = analyse(historyOf(scenario))
  expect(metrics.lost_requests).toEqual({ value: 1 })
  expect(metrics.error_window_ms.value?.upper).toBeGreaterThanOrEqual(29)
})

describe('the truth lies inside the bracket', () => {
  const scenarios = fc.record({
    ratePerSecond: fc.constantFrom(20, 50, 100, 200),
    fromMs: fc.double({ min: 0, max: 300, noNaN: true }),
    lengthMs: fc.oneof(
      fc.double({ min: 0, max: 40, noNaN: true }),
      fc.double({ min: 0, max: 2000, noNaN: true }),
    ),
    manner: fc.constantFrom<Manner>('refused', 'reset', 'status', 'silence'),
    latencies: fc.array(
      fc.oneof(
        { weight: 9, arbitrary: fc.double({ min: 0.1, max: 20, noNaN: true }) },
        { weight: 1, arbitrary: fc.double({ min: 20, max: 600, noNaN: true }) },
      ),
      { minLength: 1, maxLength: 60 },
    ),
    lateness: fc.array(
      fc.oneof(
        { weight: 19, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
        { weight: 1, arbitrary: fc.double({ min: 0, max: 300, noNaN: true }) },
      ),
      { minLength: 1, maxLength: 60 },
    ),
    meeting: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }),
  })

  test('for any outage, latencies and lateness', () => {
    fc.assert(
      fc.property(scenarios, ({ ratePerSecond, fromMs, lengthMs, manner, latencies, lateness, meeting }) => {
        const pick = (list: readonly number[]) => (k: number) => list[k % list.length] ?? 0
        const window = windowOf({
          ratePerSecond,
          latencyMs: pick(latencies),
          lateMs: pick(lateness),
          meetsAt: pick(meeting),
          outages: [{ fromMs, toMs: fromMs + lengthMs, manner }],
        }).value
        const roundingMs = 0.003 // three times are rounded to µs
        expect(window).not.toBeNull()
        expect(window?.lower).toBeLessThanOrEqual(lengthMs + roundingMs)
        expect(window?.upper).toBeGreaterThanOrEqual(lengthMs - roundingMs)
        expect(window?.value).toBeGreaterThanOrEqual(window?.lower ?? 0)
        expect(window?.value).toBeLessThanOrEqual(window?.upper ?? 0)
      }),
      { numRuns: 400 },
    )
  })
})

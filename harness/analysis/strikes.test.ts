import { describe, expect, test } from 'vitest'
import type { HistoryEvent } from '../history/event.ts'
import { type Strike, withStrikes } from '../plan/trial-plan.ts'
import { analyse } from './analyse.ts'
import type { TrialHistory } from './frame.ts'
import { historyOf, type Place, type Scenario } from './testing/history-builder.ts'

/** One strike of a timeline, as it went: on which peer, from when to when, in ms since the first one. */
interface Went {
  readonly peer: number
  readonly fromMs: number
  readonly toMs: number
  readonly kind?: string
  readonly effect?: Strike['fault']['effect']
  readonly tells?: readonly string[]
  readonly rollOut?: Strike['fault']['rollOut']
  readonly afterReady?: number
  /** Default: it was read back, and turned ready. */
  readonly readBack?: 'not'
  readonly ready?: 'not'
  readonly came?: 'not'
}

const HOLD_MS = 3000

/** The scenario's one fault gives way to these. */
function timeline(went: readonly Went[], scenario: Scenario = {}): TrialHistory {
  const history = historyOf({
    ...scenario,
    timing: { holdMs: HOLD_MS, ...scenario.timing },
    keeps: event => 'strike' in event || !isOfTheOneFault(event),
    moreEvents: place => [
      ...went.flatMap((one, strike) => eventsOf(one, strike, place)),
      ...(scenario.moreEvents?.(place) ?? []),
    ],
  })
  const strikes = went.map((one, entry): Strike => {
    const target = history.plan.peers[one.peer]
    if (!target) throw new RangeError(`no peer ${one.peer}`)
    const { kind = 'kill', effect = 'silence', tells = ['kill'], rollOut } = one
    return {
      entry,
      fault: { kind, effect, tells, ...(rollOut === undefined ? {} : { rollOut }) },
      target,
      atMs: one.fromMs,
      untilMs: one.toMs,
      ...(one.afterReady === undefined ? {} : { afterReady: one.afterReady }),
    }
  })
  return { ...history, plan: withStrikes(history.plan, strikes) }
}

function isOfTheOneFault(event: HistoryEvent): boolean {
  return (
    ['fault', 'fault-verified'].includes(event.type) ||
    (event.type === 'engine' && event.action === 'finished')
  )
}

function eventsOf(one: Went, strike: number, { us, peers }: Place): HistoryEvent[] {
  const container = peers[one.peer]
  if (!container) throw new RangeError(`no peer ${one.peer}`)
  if (one.came === 'not')
    return [{ type: 'strike-withheld', strike, container, reason: 'b was not ready', atUs: us(one.fromMs) }]
  const whose = { container, strike }
  const call = { type: 'fault', fault: one.kind ?? 'kill', ...whose } as const
  const ok = one.readBack !== 'not'
  return [
    { ...call, action: 'inject', atUs: us(one.fromMs - 2), returnedUs: us(one.fromMs + 4) },
    { type: 'fault-verified', action: 'inject', ...whose, ok, detail: 'exited', atUs: us(one.fromMs + 10) },
    ...(one.rollOut === undefined
      ? []
      : [
          {
            type: 'roll-out',
            ...whose,
            ok: one.ready !== 'not',
            detail: 'told',
            atUs: us(one.fromMs + 20),
          } as const,
        ]),
    { ...call, action: 'heal', atUs: us(one.toMs), returnedUs: us(one.toMs + 50) },
    {
      type: 'fault-verified',
      action: 'heal',
      ...whose,
      ok: true,
      detail: 'running',
      atUs: us(one.toMs + 60),
    },
  ]
}

/** Who of three answers, when some are down. */
function without(went: readonly Went[]): NonNullable<Scenario['answeredBy']> {
  return (k, ms) => {
    const up = [0, 1, 2].filter(
      peer =>
        !went.some(one => one.peer === peer && one.came !== 'not' && ms >= one.fromMs - 5 && ms < one.toMs),
    )
    return up[k % up.length] ?? null
  }
}

function codesOf(history: TrialHistory): string[] {
  const { validity } = analyse(history)
  return validity.status === 'invalid' ? validity.reasons.map(({ code }) => code) : []
}

const FLAPPING: readonly Went[] = [
  { peer: 0, fromMs: 0, toMs: 500 },
  { peer: 0, fromMs: 1000, toMs: 1500 },
  { peer: 0, fromMs: 2000, toMs: HOLD_MS },
]

test('from the first blow to the last undoing, however often it came and went', () => {
  const outages = FLAPPING.map(({ fromMs }) => ({ fromMs, toMs: fromMs + 100, manner: 'refused' as const }))
  const history = timeline(FLAPPING, { outages, answeredBy: without(FLAPPING) })
  const { metrics, fault, timeline: marks, validity } = analyse(history)
  expect(validity).toEqual({ status: 'valid' })
  expect(fault).toMatchObject({ lowerUs: 2_498_000, upperUs: 2_504_000 })
  expect(marks?.healed.value?.value).toBeCloseTo(HOLD_MS - 1, 0)
  expect(metrics.lost_requests.value).toBe(30)
  expect(metrics.error_window_ms.value?.value).toBeCloseTo(2100, -2)
  // Its shares are of all the time between; it is back when it is so for good.
  expect(metrics.capacity_restored_ms.value).toBeGreaterThan(HOLD_MS - 10)
})

describe('two blows, further apart than the first one’s doing lasts', () => {
  const apart: readonly Went[] = [
    { peer: 0, fromMs: 0, toMs: 500 },
    { peer: 1, fromMs: 3000, toMs: 5000 },
  ]
  const measured = (outages: Scenario['outages'] = [], timing: Scenario['timing'] = { holdMs: 5000 }) =>
    analyse(timeline(apart, { answeredBy: without(apart), outages, timing })).metrics
  const short = { fromMs: 0, toMs: 200, manner: 'refused' } as const
  const long = { fromMs: 3000, toMs: 4500, manner: 'refused' } as const

  test('what the second costs is not hidden behind the first', () => {
    const metrics = measured([short, long])
    expect(metrics.error_window_ms.value?.value).toBeCloseTo(1500, -2)
    expect(metrics.recovery_ms.value).toBeCloseTo(4500, -2)
  })

  test('and what it does not cost is not counted', () => {
    const metrics = measured([short])
    expect(metrics.error_window_ms.value?.value).toBeCloseTo(200, -2)
    expect(metrics.recovery_ms.value).toBeCloseTo(200, -2)
    expect(measured().recovery_ms.value).toBe(0)
  })

  test('one whose end was not seen is not measured', () => {
    const open = { ...long, toMs: 60_000 }
    const { error_window_ms, recovery_ms, censored } = measured([short, open])
    expect([error_window_ms.value, recovery_ms.value, censored.value]).toEqual([null, null, 1])
  })
})

test('what the faults do to a container themselves, and what healing one takes, is not somebody else’s deed', () => {
  const deed =
    (action: string, atMs: number) =>
    ({ us, peers: [container] }: Place): HistoryEvent[] =>
      container ? [{ type: 'engine', action, container, atUs: us(atMs) }] : []
  const flapping = (action: string, atMs: number) =>
    codesOf(timeline(FLAPPING, { answeredBy: without(FLAPPING), moreEvents: deed(action, atMs) }))
  expect(flapping('start', 520)).toEqual([])
  expect(flapping('kill', 1001)).toEqual([])
  expect(flapping('start', 1200)).toEqual(['disturbed'])

  const both: readonly Went[] = [
    { peer: 0, fromMs: 0, toMs: HOLD_MS, kind: 'cut', tells: [] },
    { peer: 0, fromMs: 500, toMs: 1000, kind: 'pause', tells: ['pause'] },
  ]
  const overlapping = (action: string, atMs: number) =>
    codesOf(timeline(both, { answeredBy: without(both), moreEvents: deed(action, atMs) }))
  expect(overlapping('pause', 502)).toEqual([])
  expect(overlapping('unpause', 1030)).toEqual([])
  expect(overlapping('pause', 400)).toEqual(['disturbed'])
  expect(overlapping('unpause', 2000)).toEqual(['disturbed'])
})

test('each strike must be read back, and each target show it', () => {
  const two = (second: Partial<Went>): readonly Went[] => [
    { peer: 0, fromMs: 0, toMs: HOLD_MS },
    { peer: 1, fromMs: 1000, toMs: HOLD_MS, ...second },
  ]
  const codes = (went: readonly Went[], answeredBy = without(went)) => codesOf(timeline(went, { answeredBy }))
  expect(codes(two({}))).toEqual([])
  expect(codes(two({ readBack: 'not' }))).toEqual(['fault-not-verified'])
  expect(codes(two({}), without(two({}).slice(0, 1)))).toEqual(['fault-without-effect']) // the second answers on
  const idle: Scenario['answeredBy'] = (k, ms) => (ms < 0 ? [0, 2][k % 2] : 2) ?? null
  expect(codes(two({}), idle)).toEqual(['target-idle'])
})

test('a target is silent from its own strike on, not from the first', () => {
  const later: readonly Went[] = [
    { peer: 0, fromMs: 0, toMs: 1000 },
    { peer: 1, fromMs: 2000, toMs: HOLD_MS },
  ]
  expect(codesOf(timeline(later, { answeredBy: without(later) }))).toEqual([])
})

test('several lost together: detected when the balancer has taken out the last one, and all are watched', () => {
  const both: readonly Went[] = [
    { peer: 0, fromMs: 0, toMs: HOLD_MS },
    { peer: 1, fromMs: 0, toMs: HOLD_MS },
  ]
  const out = (peer: number, atMs: number, { us, peers }: Place): HistoryEvent => ({
    type: 'balancer',
    balancer: 'lb',
    server: `web${peer}`,
    address: null,
    container: peers[peer] ?? null,
    state: atMs < 0 ? 'up' : 'down',
    cause: atMs < 0 ? 'snapshot' : 'check failed',
    atUs: us(atMs),
  })
  const moreEvents = (place: Place) => [
    out(0, -900, place),
    out(1, -900, place),
    out(0, 200, place),
    out(1, 700, place),
  ]
  const { metrics, validity } = analyse(timeline(both, { answeredBy: without(both), moreEvents }))
  expect(validity).toEqual({ status: 'valid' })
  expect(metrics.detection_ms.value?.value).toBeCloseTo(699, 0)
  expect(Object.keys(metrics.share.value?.growth ?? {})).toEqual(['gateway-c'])
})

test('a roll-out is what it was to be: to the end if good, no further than the first if broken', () => {
  const rollOut = (kind: 'to-all' | 'until-unready', first: Partial<Went>, second: Partial<Went>) => {
    const went: readonly Went[] = [
      { peer: 0, fromMs: 0, toMs: HOLD_MS, kind: 'deploy', rollOut: kind, ...first },
      { peer: 1, fromMs: 0, toMs: HOLD_MS, kind: 'deploy', rollOut: kind, afterReady: 0, ...second },
    ]
    return codesOf(timeline(went, { answeredBy: without(went) }))
  }
  expect(rollOut('to-all', {}, {})).toEqual([])
  expect(rollOut('to-all', { ready: 'not' }, { came: 'not' })).toEqual(['roll-out-stopped'])
  expect(rollOut('to-all', {}, { ready: 'not' })).toEqual(['roll-out-stopped'])
  expect(rollOut('until-unready', { ready: 'not' }, { came: 'not' })).toEqual([])
  expect(rollOut('until-unready', {}, {})).toEqual(['fault-without-effect'])
})

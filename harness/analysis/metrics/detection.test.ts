import { expect, test } from 'vitest'
import type { HistoryEvent, ServerState } from '../../history/event.ts'
import { analyse } from '../analyse.ts'
import { historyOf, type Place } from '../testing/history-builder.ts'

type Told = readonly [sinceFaultMs: number, state: ServerState, cause?: string, peer?: number]

const balancer =
  (...told: readonly Told[]) =>
  ({ us, peers }: Place): HistoryEvent[] =>
    told.map(([ms, state, cause = 'check', peer = 0]) => {
      const container = peers[peer] ?? null
      const server = `web/${peer}`
      return {
        type: 'balancer',
        balancer: 'lb',
        server,
        address: null,
        container,
        state,
        cause,
        atUs: us(ms),
        errorUs: 3000,
      }
    })

const analysisOf = (...told: readonly Told[]) => analyse(historyOf({ moreEvents: balancer(...told) }))
const detectionOf = (...told: readonly Told[]) => analysisOf(...told).metrics.detection_ms

test('the first event that takes the target out, with the bounds of both clocks', () => {
  expect(detectionOf([-900, 'up'], [210, 'down'], [900, 'down'])).toEqual({
    value: { value: 210, lower: 210 - 3 - 2, upper: 210 + 3 + 2 },
  })
  expect(detectionOf([40, 'drain']).value?.value).toBe(40)
})

test('an event whose bound reaches back before the fault is not before 0 for certain', () => {
  expect(detectionOf([1, 'down']).value).toEqual({ value: 1, lower: 0, upper: 6 })
})

test('other servers, snapshots and what came before the fault or after its undoing do not count', () => {
  const reason = 'the balancer did not take gateway-a out of rotation while it was broken'
  expect(
    detectionOf([210, 'down', 'check', 1], [-100, 'down'], [-50, 'up'], [300, 'down', 'snapshot']),
  ).toEqual({
    value: null,
    reason,
  })
  expect(detectionOf([-500, 'up'], [3500, 'down'])).toEqual({
    value: null,
    reason: 'the balancer took gateway-a out of rotation only 0.50 s after the healing had begun',
  })
})

test('no balancer told anything, or nothing of the target', () => {
  expect(detectionOf()).toEqual({ value: null, reason: 'no balancer told the states of its servers' })
  expect(detectionOf([210, 'down', 'check', 1])).toEqual({
    value: null,
    reason: 'the balancer told nothing of a server that is gateway-a',
  })
})

test('the timeline, in order, each with its bound', () => {
  const { timeline } = analyse(
    historyOf({
      outages: [{ fromMs: 0, toMs: 300, manner: 'refused' }],
      moreEvents: balancer([-900, 'up', 'snapshot'], [290, 'down'], [3300, 'up']),
      answeredBy: (k, since) => (since < 0 || since >= 3400 ? k % 3 : 1 + (k % 2)),
    }),
  )
  const marks = Object.entries(timeline ?? {})
  expect(marks.map(([mark]) => mark)).toEqual([
    'fault',
    'first_bad',
    'out_of_rotation',
    'last_bad',
    'steady',
    'healed',
    'replacement_in_rotation',
    'full_capacity',
  ])
  const values = marks.map(([, { value }]) => value?.value ?? Number.NaN)
  expect(values.slice(0, 7)).toEqual([0, 1.3, 290, 291.3, 301.3, 3000, 3300])
  for (const [, { value }] of marks) {
    expect(value?.lower).toBeLessThanOrEqual(value?.value ?? Number.NaN)
    expect(value?.upper).toBeGreaterThanOrEqual(value?.value ?? Number.NaN)
  }
})

test('without a balancer the target’s first answer tells that it is back', () => {
  const { timeline } = analysisOf()
  expect(timeline?.replacement_in_rotation.value?.value).toBeCloseTo(3021.3)
})

type Watch = readonly [sinceFaultMs: number, state: 'watched' | 'lost']

const watched = (watches: readonly Watch[], told: readonly Told[]) =>
  analyse(
    historyOf({
      moreEvents: place => [
        ...watches.map(([ms, state]): HistoryEvent => {
          const atUs = place.us(ms)
          return { type: 'balancer-watch', balancer: 'lb', state, detail: 'refused', atUs, errorUs: 1000 }
        }),
        ...balancer(...told)(place),
      ],
    }),
  )

test('a balancer that was not watched while the target was broken did not "not take it out"', () => {
  const up: Told = [-900, 'up', 'snapshot']
  const { metrics } = watched(
    [
      [-900, 'watched'],
      [500, 'lost'],
    ],
    [up],
  )
  expect(metrics.detection_ms).toEqual({
    value: null,
    reason: 'the balancer lb could not be watched from 0.50 s after the fault on: refused',
  })
  expect(
    watched(
      [
        [-900, 'watched'],
        [-200, 'lost'],
        [800, 'watched'],
      ],
      [up],
    ).metrics.detection_ms,
  ).toEqual({
    value: null,
    reason:
      'the balancer lb could not be watched from 0.20 s before the fault to 0.80 s after the fault: refused',
  })
  expect(watched([[-900, 'lost']], []).metrics.detection_ms).toMatchObject({
    reason: 'the balancer lb could not be watched from 0.90 s before the fault on: refused',
  })
  expect(
    watched(
      [
        [-900, 'lost'],
        [-800, 'watched'],
      ],
      [up],
    ).metrics.detection_ms,
  ).toMatchObject({
    reason: 'the balancer did not take gateway-a out of rotation while it was broken',
  })
})

test('it may have left in the gap already: that is the lower bound', () => {
  const { metrics } = watched(
    [
      [300, 'lost'],
      [600, 'watched'],
    ],
    [
      [-900, 'up', 'snapshot'],
      [900, 'down'],
    ],
  )
  expect(metrics.detection_ms.value).toEqual({ value: 900, lower: 300 - 1 - 2, upper: 900 + 3 + 2 })
  const later = watched(
    [
      [1300, 'lost'],
      [1600, 'watched'],
    ],
    [
      [-900, 'up', 'snapshot'],
      [900, 'down'],
    ],
  )
  expect(later.metrics.detection_ms.value?.lower).toBe(900 - 3 - 2)
})

test('of several servers that are the target, the last one to leave tells', () => {
  const server =
    (ms: number, name: string, state: ServerState, cause = 'check', peer = 0) =>
    ({ us, peers }: Place) => ({
      type: 'balancer' as const,
      balancer: 'lb',
      server: name,
      address: null,
      container: peers[peer] ?? null,
      state,
      cause,
      atUs: us(ms),
    })
  const detectionWith = (...told: readonly ReturnType<typeof server>[]) =>
    analyse(historyOf({ moreEvents: place => told.map(one => one(place)) })).metrics.detection_ms
  const both = [server(-900, 'web/a', 'up', 'snapshot'), server(-900, 'api/a', 'up', 'snapshot')]
  expect(
    detectionWith(...both, server(200, 'web/a', 'down'), server(700, 'api/a', 'down')).value?.value,
  ).toBe(700)
  expect(detectionWith(...both, server(200, 'web/a', 'down')).value).toBeNull()
  // A slot that is another container's now is the target's no more.
  expect(
    detectionWith(server(-900, 's1', 'up', 'snapshot'), server(400, 's1', 'up', 'moved', 1)).value?.value,
  ).toBe(400)
  // One that was out before does not leave.
  expect(
    detectionWith(server(-900, 'web/a', 'down', 'snapshot'), server(200, 'web/a', 'drain')).value,
  ).toBeNull()
})

test('a restarted balancer that takes a dead server for a live one has not brought it back', () => {
  const { timeline } = analysisOf(
    [-900, 'up', 'snapshot'],
    [290, 'down'],
    [900, 'up'],
    [950, 'down'],
    [3300, 'up'],
  )
  expect(timeline?.out_of_rotation.value?.value).toBe(290)
  expect(timeline?.replacement_in_rotation.value?.value).toBe(3300)
})

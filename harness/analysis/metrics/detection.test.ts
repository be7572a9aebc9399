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
      return { type: 'balancer', server: 'a', container, state, cause, atUs: us(ms), errorUs: 3000 }
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
  expect(detectionOf([-500, 'up'], [3500, 'down'])).toEqual({ value: null, reason })
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

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { analyse } from '../analysis/analyse.ts'
import { historyOf } from '../analysis/testing/history-builder.ts'
import { experimentSchema } from '../experiment/experiment.ts'
import { makePlan } from '../plan/make-plan.ts'
import { experimentText } from '../replay/experiment-of.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import type { ToldStrike } from './deed.ts'
import { recordedExperiment, requireExperiment } from './recorded-experiment.ts'
import { separate } from './separate.ts'
import { eventsOfRecord } from './told-events.ts'

const NAMES = ['web', 'db'] as const
const project: ComposeProject = {
  name: 'shop',
  file: '/shop/docker-compose.yml',
  directory: '/shop',
  resolved: '{}',
  services: NAMES.map(name => ({ name, replicas: 1, labels: {}, publishedPorts: [] })),
  fixedVolumes: [],
}

function strike(service: string, kind: string, fromMs: number, toMs: number | null): ToldStrike {
  const instant = (ms: number) => ({ atUs: ms * 1000, errorUs: 500 })
  const target = { id: service, name: `shop-${service}-1`, service, zone: null, tier: null }
  return {
    kind,
    parameters: {},
    target,
    began: instant(fromMs),
    ended: toMs === null ? null : instant(toMs),
    told: 'it',
  }
}

/** As `record` does it: taken apart, written down, read again, planned. */
function planAgain(strikes: readonly ToldStrike[], endMs: number) {
  const told = separate({ strikes: strikes.toSorted((a, b) => a.began.atUs - b.began.atUs), untold: [] })
  const facts = {
    told,
    project: 'Shop_1',
    recordedAt: new Date(0),
    endUs: endMs * 1000,
  }
  const text = experimentText(recordedExperiment(facts), ['one', 'two\nlines'])
  const experiment = experimentSchema.parse(parse(text))
  const keys = { zone: 'z', tier: 't' }
  return {
    told,
    text,
    plan: makePlan({ experiment, project, keys, target: undefined, trials: 1, mostTrials: 1, seed: 0 }),
  }
}

test('what was recorded is what is planned, from the first deed on', () => {
  const { plan, text } = planAgain(
    [strike('web', 'kill', 5000, 7500), strike('db', 'pause', 6200, null)],
    9000,
  )
  expect(
    plan.strikes.map(({ fault, target, atMs, untilMs }) => [fault.kind, target.service, atMs, untilMs]),
  ).toEqual([
    ['kill', 'web', 0, 2500],
    ['pause', 'db', 1200, 4000],
  ])
  expect(plan.experiment.name).toBe('recorded-shop-1')
  expect(text).toMatch(/^# one\n# two\n# lines\nname: recorded-shop-1\n/)
})

test('what was done to a container while something else was on ends that, and it is said', () => {
  const { told, plan } = planAgain([strike('web', 'cut', 0, 4000), strike('web', 'kill', 1000, 2000)], 9000)
  expect(plan.strikes.map(({ fault, atMs, untilMs }) => [fault.kind, atMs, untilMs])).toEqual([
    ['cut', 0, 990],
    ['kill', 1000, 2000],
  ])
  expect(told.untold).toEqual([expect.stringContaining('still under cut when it came under kill')])
})

test('more deeds than an experiment has lines for are refused with one sentence', () => {
  const often = Array.from({ length: 51 }, (_, time) => strike('web', 'kill', 400 * time, 400 * time + 200))
  const told = separate({ strikes: often, untold: [] })
  const facts = { told, project: 'shop', recordedAt: new Date(0), endUs: 60_000_000 }
  expect(() => requireExperiment(recordedExperiment(facts))).toThrow(
    expect.objectContaining({ code: 'EXPERIMENT_INVALID', message: expect.stringMatching(/faults: .*50/) }),
  )
})

test('any deeds on two containers, one after the other, make an experiment that can be planned', () => {
  const deeds = (service: string) =>
    fc
      .array(fc.tuple(fc.integer({ min: 120, max: 3000 }), fc.integer({ min: 120, max: 3000 })), {
        maxLength: 6,
      })
      .map(spans => {
        let atMs = 0
        return spans.map(([gapMs, lengthMs]) => {
          const fromMs = atMs + gapMs
          atMs = fromMs + lengthMs
          return strike(service, 'kill', fromMs, atMs)
        })
      })
  fc.assert(
    fc.property(deeds('web'), deeds('db'), (web, db) => {
      const all = [...web, ...db]
      if (all.length === 0) return
      const firstMs = Math.min(...all.map(({ began }) => began.atUs)) / 1000
      const { plan, told } = planAgain(all, 60_000)
      expect(told.untold).toEqual([])
      expect(plan.strikes.map(({ atMs, untilMs }) => [atMs + firstMs, untilMs + firstMs])).toEqual(
        told.strikes.map(({ began, ended }) => [began.atUs / 1000, (ended?.atUs ?? 0) / 1000]),
      )
    }),
    { numRuns: 40 },
  )
})

test('a record is analysed as a trial is: its window is known, and the deed comes a little before it is told', () => {
  const history = historyOf({
    outages: [{ fromMs: 0, toMs: 2500, manner: 'refused' }],
    peers: 1,
    keeps: event => event.type === 'clock' || event.type === 'instance',
  })
  const { target, timing } = history.plan
  const zeroUs = (timing.warmUpMs + timing.baselineMs) * 1000
  const kill: ToldStrike = {
    ...strike('web', 'kill', 0, null),
    target,
    began: { atUs: zeroUs + 4000, errorUs: 1000 },
    ended: { atUs: zeroUs + 2_400_000, errorUs: 1000 },
  }
  const endUs = zeroUs + (timing.holdMs + timing.recoveryMs) * 1000
  const events = [...history.events, ...eventsOfRecord({ strikes: [kill], warmUs: 500_000, endUs })]
  const { strikes: _, ...plan } = history.plan
  const fault = { kind: 'kill', effect: 'silence' } as const
  const strikes = [{ entry: 0, fault, target, atMs: 0, untilMs: 2400 }]
  const { metrics, validity } = analyse({ ...history, plan: { ...plan, strikes }, events })
  expect(validity).toEqual({ status: 'valid' })
  expect(metrics.error_window_ms.value?.lower).toBeLessThanOrEqual(2500)
  expect(metrics.error_window_ms.value?.upper).toBeGreaterThanOrEqual(2500)
  expect(metrics.lost_requests.value).toBeGreaterThan(245)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { experimentSchema } from '../experiment/experiment.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { makePlan } from './make-plan.ts'

const project: ComposeProject = {
  name: 'zonefall-shop',
  file: 'docker-compose.yml',
  directory: '/shop',
  resolved: '',
  fixedVolumes: [],
  services: ['a', 'b', 'c', 'd'].map(zone => ({
    name: `gateway-${zone}`,
    replicas: 2,
    labels: { 'zonefall.tier': 'gateway', 'zonefall.zone': zone },
    publishedPorts: [],
  })),
}
const experiment = experimentSchema.parse({
  name: 'gateway-kill',
  title: '',
  shows: '',
  expected: '',
  target: { tier: 'gateway' },
  keepOnly: { tier: 'gateway', count: 3 },
  fault: { kind: 'kill' },
  slos: ['lost_ms max < 800'],
})
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const planOf = (seed: number, trials = 5, mostTrials = 9) =>
  makePlan({
    experiment,
    project,
    keys: { tier: 'zonefall.tier', zone: 'zonefall.zone' },
    target: undefined,
    trials,
    mostTrials,
    seed,
  })

test('the same seed gives the same plan: target, peers, what is dropped, the order and length of the phases', () => {
  fc.assert(
    fc.property(seeds, seed => {
      expect(planOf(seed)).toEqual(planOf(seed))
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('more trials begin as fewer do, so that a repeat does not shift the ones that come after', () => {
  fc.assert(
    fc.property(seeds, seed => {
      expect(planOf(seed, 8, 20).phasesMs.slice(0, 9)).toEqual(planOf(seed).phasesMs)
    }),
    { seed: 1, numRuns: 100 },
  )
})

test('over many seeds every member is a target and every part of the second a phase', () => {
  const targets = new Map<string, number>()
  const tenths = new Array<number>(10).fill(0)
  fc.assert(
    fc.property(fc.noShrink(seeds), seed => {
      const { target, phasesMs } = planOf(seed)
      const name = `${target.service} ${target.number}`
      targets.set(name, (targets.get(name) ?? 0) + 1)
      for (const phaseMs of phasesMs)
        tenths[Math.floor(phaseMs / 100)] = (tenths[Math.floor(phaseMs / 100)] ?? 0) + 1
    }),
    { seed: 1, numRuns: 1000 },
  )
  expect(targets.size).toBe(8)
  expect(Math.min(...targets.values())).toBeGreaterThan(60) // of 125 expected
  expect(Math.min(...tenths)).toBeGreaterThan(700) // of 900 expected
  expect(Math.max(...tenths)).toBeLessThan(1100)
})

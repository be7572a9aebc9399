import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ExperimentInput, experimentSchema } from '../experiment/experiment.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { describePlan } from './describe-plan.ts'
import { makePlan } from './make-plan.ts'
import { memberName } from './members.ts'
import { parseTarget } from './parse-selector.ts'

const HOLD_MS = 10_000
const project: ComposeProject = {
  name: 'zonefall-shop',
  file: 'docker-compose.yml',
  directory: '/shop',
  resolved: '',
  fixedVolumes: [],
  services: ['gateway', 'app'].flatMap(tier =>
    ['a', 'b', 'c'].map(zone => ({
      name: `${tier}-${zone}`,
      replicas: 1,
      labels: { 'zonefall.tier': tier, 'zonefall.zone': zone },
      publishedPorts: [],
    })),
  ),
}

type Told = Pick<ExperimentInput, 'target' | 'fault' | 'faults' | 'requests'>

function planOf(told: Told, { seed = 1, target }: { seed?: number; target?: string } = {}) {
  const experiment = experimentSchema.parse({
    name: 'timeline',
    title: '',
    shows: '',
    expected: '',
    timing: { holdMs: HOLD_MS },
    slos: ['lost_ms max < 800'],
    ...told,
  })
  return makePlan({
    experiment,
    project,
    keys: { tier: 'zonefall.tier', zone: 'zonefall.zone' },
    target: target === undefined ? undefined : parseTarget(target),
    trials: 1,
    mostTrials: 3,
    seed,
  })
}

const told = (plan: ReturnType<typeof planOf>) =>
  plan.strikes.map(
    ({ fault, target, atMs, untilMs }) => `${fault.kind} ${memberName(target)} ${atMs}-${untilMs}`,
  )

test('the short form is one strike for the whole hold', () => {
  const plan = planOf({ target: { name: 'gateway-a' }, fault: { kind: 'kill' } })
  expect(told(plan)).toEqual(['kill gateway-a-1 0-10000'])
  expect(plan.peers).toHaveLength(3)
})

test('again and again, until the hold ends or so many times', () => {
  const flapping = {
    fault: { kind: 'kill' },
    target: { name: 'gateway-a' },
    at: '1s',
    for: '2s',
    every: '4s',
  }
  expect(told(planOf({ faults: [flapping] }))).toEqual([
    'kill gateway-a-1 1000-3000',
    'kill gateway-a-1 5000-7000',
    'kill gateway-a-1 9000-10000',
  ])
  expect(told(planOf({ faults: [{ ...flapping, times: 1 }] }))).toEqual(['kill gateway-a-1 1000-3000'])
})

test('one target after the other, each for as long', () => {
  const plan = planOf({
    target: { tier: 'app', all: true },
    faults: [{ fault: { kind: 'pause' }, for: '2s', stagger: '500ms' }],
  })
  expect(plan.strikes.map(({ atMs, untilMs }) => [atMs, untilMs])).toEqual([
    [0, 2000],
    [500, 2500],
    [1000, 3000],
  ])
  expect(plan.targets).toHaveLength(3)
})

test('a stagger that is too long for the hold is refused', () => {
  const faults = [{ fault: { kind: 'pause' }, target: { all: true as const }, stagger: '2s' }]
  expect(() => planOf({ faults })).toThrow(
    'The last of 6 targets would be struck 10000 ms after the hold began',
  )
})

test('a whole zone: everything in it, each with who shares its work', () => {
  const plan = planOf({ target: { wholeZones: 1 }, fault: { kind: 'kill' } })
  const zones = new Set(plan.targets.map(({ zone }) => zone))
  expect(zones.size).toBe(1)
  expect(plan.targets).toHaveLength(2)
  expect([plan.peers, ...plan.otherPeers].map(group => new Set(group.map(({ tier }) => tier)))).toEqual([
    new Set(['app']),
    new Set(['gateway']),
  ])
})

test('lines with targets of their own take others than those before them; lines without share one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), seed => {
      const zone = { fault: { kind: 'kill' }, target: { wholeZones: 1 } }
      const two = planOf({ faults: [zone, { ...zone, at: '3s' }] }, { seed })
      expect(two.targets).toHaveLength(4)
      const both = [
        { fault: { kind: 'pause' }, for: '1s' },
        { fault: { kind: 'kill' }, at: '2s' },
      ]
      expect(planOf({ target: { tier: 'app' }, faults: both }, { seed }).targets).toHaveLength(1)
    }),
    { seed: 1, numRuns: 100 },
  )
})

test('a target on the command line keeps how many are struck, unless it says so itself', () => {
  const zone: Told = { target: { wholeZones: 1 }, fault: { kind: 'kill' } }
  const names = (target: string) => planOf(zone, { target }).targets.map(memberName)
  expect(names('zone=b')).toEqual(['app-b-1', 'gateway-b-1'])
  expect(names('tier=app')).toHaveLength(1)
  expect(names('tier=app,count=2')).toHaveLength(2)
})

const instants = fc.integer({ min: 0, max: 30 }).map(tenths => `${tenths * 100}ms`)
const lines = fc.array(
  fc.record({
    fault: fc.constantFrom({ kind: 'pause' }, { kind: 'cut' }, { kind: 'kill' }),
    target: fc.constantFrom(
      { tier: 'app', count: 2 },
      { wholeZones: 1 },
      { share: 0.5 },
      { tier: 'gateway' },
    ),
    at: instants,
    for: fc.constantFrom('100ms', '1s', '2500ms'),
    every: fc.constantFrom('3s', '4s'),
    stagger: fc.constantFrom('0s', '100ms', '300ms'),
  }),
  { minLength: 1, maxLength: 3 },
)

test('whatever a timeline says: the same seed, the same plan, in order, within the hold, and no two at odds', () => {
  let refused = 0
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 2 ** 31 - 1 }), (faults, seed) => {
      const attempt = () => {
        try {
          return planOf({ faults }, { seed })
        } catch (error) {
          return (error as { code?: unknown }).code
        }
      }
      const plan = attempt()
      expect(attempt()).toEqual(plan)
      if (typeof plan !== 'object' || plan === null) {
        expect(plan).toBe('FAULTS_CONFLICT')
        refused += 1
        return
      }
      const { strikes } = plan as ReturnType<typeof planOf>
      for (const [place, { atMs, untilMs, target, fault }] of strikes.entries()) {
        expect(atMs).toBeGreaterThanOrEqual(strikes[place - 1]?.atMs ?? 0)
        expect(untilMs).toBeGreaterThan(atMs)
        expect(untilMs).toBeLessThanOrEqual(HOLD_MS)
        const meanwhile = strikes.filter(
          (other, index) =>
            index !== place &&
            memberName(other.target) === memberName(target) &&
            other.atMs <= untilMs &&
            other.untilMs >= atMs,
        )
        for (const other of meanwhile) expect([fault.kind, other.fault.kind].sort()).toEqual(['cut', 'pause'])
      }
    }),
    { seed: 1, numRuns: 300 },
  )
  expect(refused).toBeLessThan(250) // the others were looked at
})

test('faults that need the same of a container at the same time are refused, with both named', () => {
  const faults = (first: string, second: string, at: string) => [
    { fault: { kind: first }, for: '2s' },
    { fault: { kind: second }, at },
  ]
  const plan = (first: string, second: string, at: string) =>
    planOf({ target: { name: 'app-a' }, faults: faults(first, second, at) })
  expect(told(plan('pause', 'cut', '1s'))).toHaveLength(2)
  expect(told(plan('kill', 'cut', '2100ms'))).toHaveLength(2)
  expect(() => plan('kill', 'cut', '1s')).toThrow(
    'app-a-1 cannot be under kill (0 to 2000 ms) and cut (1000 to 10000 ms) at the same time.',
  )
  expect(() => plan('cut', 'loss', '1s')).toThrow(/app-a-1 cannot be under cut .* and loss/)
  expect(() => plan('kill', 'kill', '2s')).toThrow(/app-a-1 cannot be under kill/)
})

test('a roll-out comes to each when the one before is ready; one that does not wait comes to all', () => {
  const deploy = (more: object) =>
    planOf({ target: { tier: 'gateway', all: true }, fault: { kind: 'deploy', ...more } })
  expect(
    deploy({ version: 'broken', waitReady: 'always' }).strikes.map(({ afterReady }) => afterReady),
  ).toEqual([undefined, 0, 1])
  expect(
    deploy({ version: 'broken', waitReady: 'never' }).strikes.map(({ afterReady }) => afterReady),
  ).toEqual([undefined, undefined, undefined])
})

test('a plan is told in a line for each fault', () => {
  const faults = [
    { fault: { kind: 'pause' }, target: { name: 'app-a' }, for: '1s', every: '2s', times: 2 },
    { fault: { kind: 'kill' }, target: { name: 'gateway-b' }, at: '500ms' },
  ]
  expect(describePlan(planOf({ faults }))).toEqual([
    'pause app-a-1 (app, a), one of 3, 0 to 1 s, 2 to 3 s',
    'kill gateway-b-1 (gateway, b), one of 3, 0.5 to 10 s',
  ])
})

test('where requests go past the target, none of its faults need show in them', () => {
  const target = { tier: 'app' }
  const faults = [{ fault: { kind: 'kill' }, for: '1s', every: '4s' }]
  const effects = ({ requests }: Pick<Told, 'requests'>) => {
    const { strikes } = planOf({ target, faults, ...(requests ? { requests } : {}) })
    return new Set(strikes.map(({ fault }) => fault.effect))
  }
  expect(effects({})).toEqual(new Set(['silence']))
  expect(effects({ requests: 'past-target' })).toEqual(new Set(['none-in-traffic']))
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Target } from '../experiment/experiment.ts'
import { chooseTargets, reduceMembers } from './choose-target.ts'
import { peersOf, type TierIs } from './match-members.ts'
import { type Member, memberName } from './members.ts'
import { randomFrom } from './random.ts'

const gateway = (zone: string): Member => ({
  service: `gateway-${zone}`,
  number: 1,
  zone: `zone-${zone}`,
  tier: 'gateway',
})
const balancer: Member = { service: 'lb', number: 1, zone: null, tier: 'balancer' }
const reference = [gateway('a'), gateway('b'), gateway('c'), balancer]

interface Asked {
  readonly members: readonly Member[]
  readonly target: Target
  readonly seed?: number
  readonly tierIs?: TierIs
  readonly keepOnly?: { readonly tier: string; readonly count: number }
  readonly struck?: readonly Member[]
}

/** As a plan does it: first what is dropped, then who is struck. */
function choose({ members, target, seed = 1, tierIs = 'meant-loosely', keepOnly, struck = [] }: Asked) {
  const random = randomFrom(seed, 'target')
  const instead = tierIs === 'meant-exactly' ? target : undefined
  const { present, dropped } = reduceMembers({ members, keepOnly, instead, random })
  const { targets, candidates } = chooseTargets({ present, target, tierIs, struck, random })
  const [first] = targets
  if (!first) throw new RangeError('no target')
  return { target: first, targets, peers: peersOf(first, present, candidates), dropped }
}

test('a tier narrows to its members, and the peers are the whole tier', () => {
  const { target, peers, dropped } = choose({ members: reference, target: { tier: 'gateway' } })
  expect(target.tier).toBe('gateway')
  expect(peers.map(memberName)).toEqual(['gateway-a-1', 'gateway-b-1', 'gateway-c-1'])
  expect(dropped).toEqual([])
})

test('the same seed draws the same target, and over many seeds each is drawn', () => {
  const drawn = new Set<string>()
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), seed => {
      const first = choose({ members: reference, target: { tier: 'gateway' }, seed })
      expect(choose({ members: reference, target: { tier: 'gateway' }, seed })).toEqual(first)
      drawn.add(first.target.service)
    }),
    { seed: 1, numRuns: 200 },
  )
  expect([...drawn].sort()).toEqual(['gateway-a', 'gateway-b', 'gateway-c'])
})

test('keepOnly drops the others of the tier, and the target is one that was kept', () => {
  const { target, peers, dropped } = choose({
    members: reference,
    target: { tier: 'gateway' },
    seed: 3,
    keepOnly: { tier: 'gateway', count: 1 },
  })
  expect(peers).toEqual([target])
  expect(dropped).toHaveLength(2)
  expect(dropped).not.toContainEqual(target)
})

test('a project without tier labels offers whatever carries the zone label', () => {
  const foreign: Member[] = [
    { service: 'haproxy', number: 1, zone: null, tier: null },
    { service: 'web', number: 1, zone: 'eu-1a', tier: null },
    { service: 'web', number: 2, zone: 'eu-1a', tier: null },
  ]
  const { target, peers } = choose({ members: foreign, target: { tier: 'gateway' } })
  expect(target.service).toBe('web')
  expect(peers.map(memberName)).toEqual(['web-1', 'web-2'])
})

test('what the user targets is what keepOnly leaves one of', () => {
  const web = [1, 2, 3].map(number => ({ service: 'web', number, zone: null, tier: null }))
  const { dropped, peers } = choose({
    members: web,
    target: { service: 'web' },
    tierIs: 'meant-exactly',
    keepOnly: { tier: 'gateway', count: 1 },
  })
  expect(dropped).toHaveLength(2)
  expect(peers).toHaveLength(1)
})

test('a tier that the user named is not taken loosely', () => {
  const untiered = [{ service: 'web', number: 1, zone: 'eu-1a', tier: null }]
  const asked = { members: untiered, target: { tier: 'edge' } }
  expect(() => choose({ ...asked, tierIs: 'meant-exactly' })).toThrow('No container matches tier=edge')
  expect(choose({ ...asked, tierIs: 'meant-loosely' }).target.service).toBe('web')
})

test('a replica can be named by its container or by its service', () => {
  expect(choose({ members: reference, target: { name: 'gateway-b-1' } }).target.service).toBe('gateway-b')
  expect(choose({ members: reference, target: { name: 'gateway-b' } }).target.service).toBe('gateway-b')
})

test('no match is an error that lists what there is', () => {
  expect(() => choose({ members: reference, target: { tier: 'edge' } })).toThrow(
    /No container matches tier=edge.*gateway-a-1 \(tier=gateway, zone=zone-a\)/,
  )
})

const app = (zone: string): Member => ({
  service: `app-${zone}`,
  number: 1,
  zone: `zone-${zone}`,
  tier: 'app',
  labels: { 'com.example.role': zone === 'a' ? 'canary' : 'stable' },
})
const whole = [...reference, app('a'), app('b'), app('c'), app('d')]
const names = (targets: readonly Member[]) => targets.map(memberName).sort()

test('by any label, and by how many: so many, a part, all', () => {
  const of = (target: Target) => names(choose({ members: whole, target }).targets)
  expect(of({ label: { 'com.example.role': 'canary' } })).toEqual(['app-a-1'])
  expect(of({ tier: 'gateway', count: 2 })).toHaveLength(2)
  expect(of({ tier: 'app', share: 0.5 })).toHaveLength(2)
  expect(of({ tier: 'app', share: 0.01 })).toHaveLength(1)
  expect(of({ tier: 'gateway', all: true })).toEqual(['gateway-a-1', 'gateway-b-1', 'gateway-c-1'])
})

test('whole zones: everything that matches in them, the smaller tier first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.integer({ min: 1, max: 3 }),
      (seed, wholeZones) => {
        const { targets } = choose({ members: whole, target: { wholeZones }, seed })
        const zones = new Set(targets.map(({ zone }) => zone))
        expect(zones.size).toBe(wholeZones)
        expect(names(targets)).toEqual(names(whole.filter(({ zone }) => zones.has(zone))))
        const [first] = targets
        if (first?.zone !== 'zone-d') expect(first?.tier).toBe('gateway')
      },
    ),
    { seed: 1, numRuns: 200 },
  )
})

test('what is struck already is drawn only when there is not enough else', () => {
  const [a, b, c] = [gateway('a'), gateway('b'), gateway('c')]
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), seed => {
      const asked = { members: whole, seed, struck: [a, b] }
      expect(choose({ ...asked, target: { tier: 'gateway' } }).targets).toEqual([c])
      expect(choose({ ...asked, target: { tier: 'gateway', wholeZones: 1 } }).targets).toEqual([c])
      expect(choose({ ...asked, target: { tier: 'gateway', count: 2 } }).targets).toHaveLength(2)
    }),
    { seed: 1, numRuns: 50 },
  )
})

test.each([
  [
    { tier: 'gateway', count: 4 },
    '4 containers are to be struck, and what matches tier=gateway has 3: gateway-a-1, gateway-b-1, gateway-c-1.',
  ],
  [
    { tier: 'gateway', wholeZones: 4 },
    '4 zones are to be struck, and what matches tier=gateway has 3: zone-a, zone-b, zone-c.',
  ],
  [{ service: 'lb', wholeZones: 1 }, '1 zone is to be struck, and what matches service=lb has no zone.'],
  [
    { label: { 'com.example.role': 'x' } },
    /label\.com\.example\.role=x.*app-a-1 \(.*label\.com\.example\.role=canary\)/,
  ],
])('too few of %j is an error that says how many there are', (target, message) => {
  expect(() => choose({ members: whole, target })).toThrow(message)
})

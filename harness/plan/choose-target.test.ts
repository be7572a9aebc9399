import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseTarget } from './choose-target.ts'
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

const choose = (
  members: readonly Member[],
  selector: object,
  seed = 1,
  keepOnly?: { tier: string; count: number },
) =>
  chooseTarget({ members, selector, tierIs: 'meant-loosely', keepOnly, random: randomFrom(seed, 'target') })

test('a tier narrows to its members, and the peers are the whole tier', () => {
  const { target, peers, dropped } = choose(reference, { tier: 'gateway' })
  expect(target.tier).toBe('gateway')
  expect(peers.map(memberName)).toEqual(['gateway-a-1', 'gateway-b-1', 'gateway-c-1'])
  expect(dropped).toEqual([])
})

test('the same seed draws the same target, and over many seeds each is drawn', () => {
  const drawn = new Set<string>()
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), seed => {
      const first = choose(reference, { tier: 'gateway' }, seed)
      expect(choose(reference, { tier: 'gateway' }, seed)).toEqual(first)
      drawn.add(first.target.service)
    }),
    { seed: 1, numRuns: 200 },
  )
  expect([...drawn].sort()).toEqual(['gateway-a', 'gateway-b', 'gateway-c'])
})

test('keepOnly drops the others of the tier, and the target is one that was kept', () => {
  const { target, peers, dropped } = choose(reference, { tier: 'gateway' }, 3, { tier: 'gateway', count: 1 })
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
  const { target, peers } = choose(foreign, { tier: 'gateway' })
  expect(target.service).toBe('web')
  expect(peers.map(memberName)).toEqual(['web-1', 'web-2'])
})

test('what the user targets is what keepOnly leaves one of', () => {
  const web = [1, 2, 3].map(number => ({ service: 'web', number, zone: null, tier: null }))
  const { dropped, peers } = chooseTarget({
    members: web,
    selector: { service: 'web' },
    tierIs: 'meant-exactly',
    keepOnly: { tier: 'gateway', count: 1 },
    random: randomFrom(1, 'target'),
  })
  expect(dropped).toHaveLength(2)
  expect(peers).toHaveLength(1)
})

test('a tier that the user named is not taken loosely', () => {
  const untiered = [{ service: 'web', number: 1, zone: 'eu-1a', tier: null }]
  const request = {
    members: untiered,
    selector: { tier: 'edge' },
    keepOnly: undefined,
    random: randomFrom(1, 'target'),
  }
  expect(() => chooseTarget({ ...request, tierIs: 'meant-exactly' })).toThrow(
    'No container matches tier=edge',
  )
  expect(chooseTarget({ ...request, tierIs: 'meant-loosely' }).target.service).toBe('web')
})

test('a replica can be named by its container or by its service', () => {
  expect(choose(reference, { name: 'gateway-b-1' }).target.service).toBe('gateway-b')
  expect(choose(reference, { name: 'gateway-b' }).target.service).toBe('gateway-b')
})

test('no match is an error that lists what there is', () => {
  expect(() => choose(reference, { tier: 'edge' })).toThrow(
    /No container matches tier=edge.*gateway-a-1 \(tier=gateway, zone=zone-a\)/,
  )
})

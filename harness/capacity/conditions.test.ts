import { expect, test } from 'vitest'
import { conditionsOf, tiersOf, zonesOf } from './conditions.ts'

const member = (service: string, zone: string | null, tier: string | null, number = 1) => ({
  service,
  number,
  zone,
  tier,
})
const members = [
  member('lb', null, 'balancer'),
  member('gw', 'b', 'gateway'),
  member('app', 'a', 'app'),
  member('app', 'a', 'app', 2),
  member('app', 'b', 'app', 3),
]

test('all instances first, then each zone with what is in it', () => {
  const conditions = conditionsOf(members, zonesOf(members))
  expect(conditions.map(({ name, folder, members }) => [name, folder, members.length])).toEqual([
    ['all', 'all', 0],
    ['without a', 'without-a', 2],
    ['without b', 'without-b', 2],
  ])
})

test('zones whose names cannot be folders’ have folders of their own all the same', () => {
  const folders = conditionsOf([], ['eu/1', 'eu 1', '..']).map(({ folder }) => folder)
  expect(folders).toEqual(['all', 'without-eu-1', 'without-eu-1-2', 'without-..'])
})

test('instances by tier and zone; without tiers they are all of one', () => {
  expect(tiersOf(members)).toEqual([
    { tier: 'app', zones: { a: 2, b: 1 } },
    { tier: 'gateway', zones: { b: 1 } },
  ])
  expect(tiersOf([member('web', 'a', null), member('web', 'b', null, 2)])).toEqual([
    { tier: 'instance', zones: { a: 1, b: 1 } },
  ])
})

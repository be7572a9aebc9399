import { expect, test } from 'vitest'
import type { Member } from '../plan/members.ts'
import { componentsOf, isMeant, onlyMeant } from './component.ts'

const member = (service: string, tier: string | null, zone: string | null): Member => ({
  service,
  number: 1,
  tier,
  zone,
})
const reference = [
  ...['a', 'b', 'c'].map(letter => member(`app-${letter}`, 'app', `zone-${letter}`)),
  member('cache', null, null),
  member('edge-a', 'edge', 'zone-a'),
  member('edge-b', 'edge', 'zone-b'),
  member('lb', 'balancer', null),
]
const components = componentsOf({ members: reference, entryServices: ['lb'] })

test('the entry first, then what stands alone, zones, and of each tier one before any second', () => {
  expect(components.map(({ name }) => name)).toEqual([
    'lb-1',
    'cache-1',
    'zone=zone-a',
    'zone=zone-b',
    'edge-a-1',
    'app-a-1',
    'edge-b-1',
    'app-b-1',
    'app-c-1',
  ])
})

test('a zone of one container is that container, and is not broken twice', () => {
  expect(components.map(({ name }) => name)).not.toContain('zone=zone-c')
})

test('a zone has the peers of its smallest tier, and strikes all of it', () => {
  const zone = components.find(({ name }) => name === 'zone=zone-a')
  expect(zone?.members.map(({ service }) => service)).toEqual(['edge-a', 'app-a'])
  expect(zone?.peers.map(({ service }) => service)).toEqual(['edge-a', 'edge-b'])
})

test('without tiers those that carry a zone share the work', () => {
  const web = ['1', '2'].map(number => member(`web-${number}`, null, `eu-${number}`))
  const [, first] = componentsOf({ members: [...web, member('proxy', null, null)], entryServices: ['proxy'] })
  expect(first).toMatchObject({ name: 'web-1-1', peers: [{ service: 'web-1' }, { service: 'web-2' }] })
})

test('a selector means containers by all its keys, and a zone as a whole by the zone alone', () => {
  const meant = (selector: object) => components.filter(one => isMeant(one, selector)).map(({ name }) => name)
  expect(meant({ service: 'lb' })).toEqual(['lb-1'])
  expect(meant({ name: 'edge-a' })).toEqual(['edge-a-1'])
  expect(meant({ tier: 'app', zone: 'zone-b' })).toEqual(['app-b-1'])
  expect(meant({ zone: 'zone-a' })).toEqual(['zone=zone-a', 'edge-a-1', 'app-a-1'])
})

test('only what is asked for is tried, in the same order; one that means nothing is an error', () => {
  expect(onlyMeant(components, [])).toBe(components)
  const chosen = onlyMeant(components, [{ service: 'app-a' }, { service: 'lb' }])
  expect(chosen.map(({ name }) => name)).toEqual(['lb-1', 'app-a-1'])
  expect(() => onlyMeant(components, [{ tier: 'edgy' }])).toThrow('Nothing is tier=edgy. There are: lb-1,')
})

import { expect, test } from 'vitest'
import type { ContainerState } from '../docker/containers.ts'
import type { ContainerRef } from '../history/event.ts'
import { Places } from './places.ts'

const OLD = { id: 'a1', service: 'web', number: 2 } as ContainerState
const REFERENCE: ContainerRef = { id: 'a1', name: 'shop-web-2', service: 'web', zone: null, tier: null }
const start = (containerId: string, service: string | undefined, number: number) => ({
  containerId,
  service,
  number,
})

test('a container of the same service and number takes the place of one that was removed', () => {
  const places = new Places([OLD], [REFERENCE])
  expect(places.take(start('b2', 'web', 2))).toBe(REFERENCE)
  expect(places.of('b2')).toBe(REFERENCE)
  expect(places.of('a1')).toBe(REFERENCE)
  expect(places.holderOf('a1')).toBe('b2')
})

test.each([
  ['the same one, started again', start('a1', 'web', 2)],
  ['another replica', start('b2', 'web', 1)],
  ['another service', start('b2', 'db', 2)],
  ['one that is not Compose’s', start('b2', undefined, 2)],
])('%s takes nobody’s place', (_, event) => {
  const places = new Places([OLD], [REFERENCE])
  expect(places.take(event)).toBe(undefined)
  expect(places.holderOf('a1')).toBe('a1')
})

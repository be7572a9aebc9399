import { expect, test } from 'vitest'
import type { ContainerRef } from '../history/event.ts'
import { peerFinder } from './peers.ts'

const peer = (id: string, name: string, service: string): ContainerRef => ({
  id,
  name,
  service,
  zone: null,
  tier: null,
})
const A = peer('0123456789abcdef'.repeat(4), 'shop-web-1', 'web')
const B = peer('fedcba9876543210'.repeat(4), 'shop-web-2', 'web')
const C = peer('00ff'.repeat(16), 'shop-api-1', 'api')

const named = (value: string) =>
  peerFinder([{ type: 'instance', index: 5, value, atUs: 0 }], [A, B, C])(5)?.name

test.each([
  ['0123456789ab', 'shop-web-1'],
  [B.id, 'shop-web-2'],
  ['999999999999, fedcba987654', 'shop-web-2'],
  ['shop-web-2', 'shop-web-2'],
  ['api', 'shop-api-1'],
  ['web', undefined], // two containers: it does not say which
  ['01234567', undefined], // too short to be an id
  ['', undefined],
  ['999999999999', undefined],
])('%s', (value, name) => {
  expect(named(value)).toBe(name)
})

test('an index that was never told', () => {
  expect(peerFinder([], [A])(0)).toBeUndefined()
})

test('a container that was made anew is the one in whose place it stands', () => {
  const id = 'abcdef012345'.repeat(5)
  const replacement = { type: 'replacement', container: B, id, atUs: 1 } as const
  const named = { type: 'instance', index: 5, value: id.slice(0, 12), atUs: 2 } as const
  expect(peerFinder([replacement, named], [A, B, C])(5)).toBe(B)
  expect(peerFinder([named], [A, B, C])(5)).toBeUndefined()
})

import { expect, test } from 'vitest'
import { isOneOf } from './which-requests.ts'

test.each([
  ['/', '/anything', true],
  ['/', '*', true],
  ['/api', '/api?x=/other', true],
  ['/api', '/api/v1', true],
  ['/api/', '/api/v1', true],
  ['/api', '/apis', false],
  ['/api', 'http://web:8080/api/v1', true],
  ['/api/*.json', '/api/v1/all.json?x', true],
  ['/api/*', '/api', false],
  ['*', '/', true],
])('path %s, asked for %s: %s', (path, target, is) => {
  expect(isOneOf({ share: 1, path, method: 'any' }, { method: 'GET', target })).toBe(is)
})

test('the method must be it, and what is spared is spared', () => {
  const which = { share: 1, path: '/', except: '/readyz', method: 'POST' }
  expect(isOneOf(which, { method: 'POST', target: '/readyz/deep' })).toBe(false)
  expect(isOneOf(which, { method: 'GET', target: '/' })).toBe(false)
  expect(isOneOf(which, { method: 'POST', target: '/' })).toBe(true)
})

test('a share of them', () => {
  const asked = { method: 'GET', target: '/' }
  const hits = Array.from({ length: 10_000 }, () => isOneOf({ share: 0.3, path: '/', method: 'any' }, asked))
  const share = hits.filter(Boolean).length / hits.length
  // Six standard deviations.
  expect(Math.abs(share - 0.3)).toBeLessThan(0.0275)
})

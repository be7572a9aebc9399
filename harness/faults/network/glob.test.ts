import { expect, test } from 'vitest'
import { matchesGlob } from './glob.ts'

test.each([
  ['app', 'app', true],
  ['app', 'apps', false],
  ['*', '', true],
  ['app-*', 'app-a', true],
  ['app-*', 'my-app-a', false],
  ['*.json', 'a/b.json', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*bc*c', 'a-bc', false],
  ['a*a', 'a', false],
  ['**', 'x', true],
])('`%s` and `%s`: %s', (pattern, text, is) => {
  expect(matchesGlob(pattern, text)).toBe(is)
})

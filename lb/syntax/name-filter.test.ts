import { expect, test } from 'vitest'
import { NameFilter } from './name-filter.ts'

test('a name is known in whatever case, and only itself', () => {
  const filter = new NameFilter(['host', 'te', 'x-forwarded-for'])
  for (const name of ['Host', 'HOST', 'host']) expect(filter.lower(name)).toBe('host')
  expect(filter.lower('X-Forwarded-For')).toBe('x-forwarded-for')
  // Of the same length and first letter, or of one that has the same last bits; too long; empty.
  for (const name of ['hose', 'Hxxx', '(ost', 'HOST ', 'X-Forwarded-Host', 'X-Forwarded-Foo', ''])
    expect(filter.has(name)).toBe(false)
})

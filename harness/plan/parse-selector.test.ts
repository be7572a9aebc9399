import { expect, test } from 'vitest'
import { parseSelector, printSelector } from './parse-selector.ts'

test('reads keys and values, several with a comma', () => {
  expect(parseSelector('tier=edge, zone=eu-1a')).toEqual({ tier: 'edge', zone: 'eu-1a' })
  expect(printSelector(parseSelector('service=web'))).toBe('service=web')
})

test.each([
  ['tire=edge', /Did you mean `tier=…`/],
  ['edge', /cannot read `edge`/],
  ['tier=', /cannot read `tier=`/],
  ['', /cannot read ``/],
  ['tier=a,tier=b', /names `tier` twice/],
])('%s is refused', (text, message) => {
  expect(() => parseSelector(text)).toThrow(message)
})

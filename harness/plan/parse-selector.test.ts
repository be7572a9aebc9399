import { expect, test } from 'vitest'
import { parseSelector, parseTarget, printSelector } from './parse-selector.ts'

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

test('a target says, too, how many; a selector does not', () => {
  const text = 'tier=edge,label.com.example.role=db,count=2'
  expect(parseTarget(text)).toEqual({ tier: 'edge', label: { 'com.example.role': 'db' }, count: 2 })
  expect(printSelector(parseTarget(text))).toBe('tier=edge,label.com.example.role=db')
  expect(parseTarget('zone=a,all')).toEqual({ zone: 'a', all: true })
  expect(parseTarget('zone=a, all=true')).toEqual({ zone: 'a', all: true })
  expect(parseTarget('share=0.5')).toEqual({ share: 0.5 })
  expect(() => parseSelector('count=2')).toThrow(/cannot read `count=2`/)
})

test.each([
  ['share=1.5', /`share` Too big/],
  ['count=x', /`count` /],
  ['count=2,all', /`all` cannot be beside `count`/],
  ['all=false', /`all` /],
  ['label.=x', /cannot read `label.=x`/],
  ['wholeZone=1', /Did you mean `wholeZones=…`/],
])('the target %s is refused', (text, message) => {
  expect(() => parseTarget(text)).toThrow(message)
})

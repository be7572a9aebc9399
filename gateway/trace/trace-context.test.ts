import { expect, test } from 'vitest'
import { continueTrace, createIdSource, traceparentOf } from './trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const newId = (bytes: 8 | 16) => 'e'.repeat(2 * bytes)

function continued(traceparent?: string, tracestate?: string) {
  const trace = continueTrace(traceparent, tracestate, newId)
  return [traceparentOf(trace), trace.tracestate]
}

test.each([
  ['sampled', `00-${TRACE}-${PARENT}-01`, '01'],
  ['not sampled', `00-${TRACE}-${PARENT}-00`, '00'],
  ['with flags that nobody knows yet', `00-${TRACE}-${PARENT}-ff`, '01'],
  ['of a later version', `cc-${TRACE}-${PARENT}-01`, '01'],
  ['of a later version, with more at its end', `cc-${TRACE}-${PARENT}-01-what-may-be`, '01'],
])('a trace is continued with a span of the gateway: %s', (_, traceparent, flags) => {
  expect(continued(traceparent, 'a=1')).toEqual([`00-${TRACE}-${'e'.repeat(16)}-${flags}`, 'a=1'])
})

test.each([
  ['none', undefined],
  ['version ff', `ff-${TRACE}-${PARENT}-01`],
  ['zero trace id', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['zero parent id', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
  ['too short', `00-${TRACE}-${PARENT}`],
  ['too long for its version', `00-${TRACE}-${PARENT}-01-more`],
  ['two of them', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
  ['later version, and not a dash after it', `cc-${TRACE}-${PARENT}-01.more`],
])('a new trace is begun, and the state dropped: %s', (_, traceparent) => {
  expect(continued(traceparent, 'a=1')).toEqual([`00-${'e'.repeat(32)}-${'e'.repeat(16)}-00`, undefined])
})

test.each([
  ['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
  ['a=1, ,\tb=2', 'a=1,b=2'],
  ['fw529a3039@dt=x', 'fw529a3039@dt=x'],
  ['', undefined],
  ['a=1,a=2', undefined],
  ['A=1', undefined],
  ['a', undefined],
  ['a=', undefined],
  ['a=x=y', undefined],
  [Array.from({ length: 33 }, (_, k) => `k${k}=v`).join(','), undefined],
])('tracestate %s', (tracestate, expected) => {
  expect(continued(`00-${TRACE}-${PARENT}-01`, tracestate)[1]).toBe(expected)
})

test('ids are of their length and differ', () => {
  const ids = createIdSource()
  const drawn = Array.from({ length: 1_000 }, () => ids(8))
  expect(new Set(drawn).size).toBe(1_000)
  expect(drawn.every(id => /^[0-9a-f]{16}$/.test(id))).toBe(true)
  expect(ids(16)).toMatch(/^[0-9a-f]{32}$/)
})

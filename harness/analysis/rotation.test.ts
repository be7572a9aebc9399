import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HistoryEvent } from '../history/event.ts'
import { rotationOf } from './rotation.ts'

const container = { id: 'c1', name: 'web-1', service: 'web', zone: null, tier: null }
const told = (server: string, state: 'up' | 'down', earliestUs: number, latestUs: number): HistoryEvent => ({
  type: 'balancer',
  balancer: 'lb',
  server,
  address: null,
  container,
  state,
  cause: 'check',
  atUs: (earliestUs + latestUs) / 2,
  errorUs: (latestUs - earliestUs) / 2,
})
const up = (...servers: string[]) => servers.map(server => told(server, 'up', 0, 0))

test('the last of its servers to go takes it out, and any of them may have been the last', () => {
  const events = [...up('a', 'b'), told('a', 'down', 100, 900), told('b', 'down', 550, 600)]
  expect(rotationOf(events, 'c1').at(-1)).toEqual({ to: 'out', atUs: 725, errorUs: 175 }) // 550 to 900
})

test('the first of its servers to come brings it in, and one that was told of later may have been the first', () => {
  const events = [
    ...up('a', 'b'),
    told('a', 'down', 10, 10),
    told('b', 'down', 10, 10),
    told('b', 'up', 550, 600),
    told('a', 'up', 100, 1900),
  ]
  expect(rotationOf(events, 'c1').at(-1)).toEqual({ to: 'in', atUs: 350, errorUs: 250 }) // 100 to 600
})

test('whatever the true instants are within what was told, the container’s true one is within what is told of it', () => {
  const span = fc.record({
    from: fc.nat(1000),
    width: fc.nat(1000),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 4 }), spans => {
      const names = spans.map((_, index) => `s${index}`)
      const downs = spans.map(({ from, width }, index) =>
        told(`s${index}`, 'down', from + 1, from + 1 + width),
      )
      const trueUs = Math.max(...spans.map(({ from, width, part }) => from + 1 + part * width))
      const out = rotationOf([...up(...names), ...downs], 'c1').at(-1)
      expect(out?.to).toBe('out')
      expect(Math.abs(trueUs - (out?.atUs ?? 0))).toBeLessThanOrEqual((out?.errorUs ?? 0) + 1e-6)
    }),
  )
})

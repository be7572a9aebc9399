import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candidate } from './balance.ts'
import { LeastConn } from './least-conn.ts'
import { RoundRobin } from './round-robin.ts'

const fleet = (names: string): [Candidate, ...Candidate[]] => {
  const [first = 'a', ...others] = names
  const candidate = (name: string): Candidate => ({ name, share: 1, latencyMs: 0, sessions: { current: 0 } })
  return [candidate(first), ...others.map(candidate)]
}

test('round robin: whichever servers were there before, those who are there now get equal shares', () => {
  const subset = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }).map(names => names.join(''))
  fc.assert(
    fc.property(
      fc.array(subset, { maxLength: 20 }),
      subset,
      fc.integer({ min: 1, max: 9 }),
      (before, now, rounds) => {
        const algorithm = new RoundRobin()
        for (const names of before) algorithm.pick(fleet(names))
        // The first round may make good what somebody had missed.
        for (const _ of now) algorithm.pick(fleet(now))
        const counts = new Map<string, number>()
        for (let i = 0; i < rounds * now.length; i += 1) {
          const { name } = algorithm.pick(fleet(now))
          counts.set(name, (counts.get(name) ?? 0) + 1)
        }
        expect([...counts.values()]).toEqual(Array(now.length).fill(rounds))
      },
    ),
  )
})

test('round robin: two survivors of three share what the third had', () => {
  const algorithm = new RoundRobin()
  const picks = Array.from({ length: 100 }, () => algorithm.pick(fleet('ac')).name)
  expect(picks.filter(name => name === 'a')).toHaveLength(50)
})

test('least connections: always a server that has the fewest, those with equally many by turns', () => {
  const servers = ['a', 'b', 'c'].map(name => ({ name, share: 1, latencyMs: 0, sessions: { current: 0 } }))
  const [a, b, c] = servers as [Candidate, Candidate, Candidate]
  const algorithm = new LeastConn()
  expect([1, 2, 3].map(() => algorithm.pick([a, b, c]).name)).toEqual(['a', 'b', 'c'])
  const busy = { name: 'a', share: 1, latencyMs: 0, sessions: { current: 5 } }
  expect([1, 2, 3, 4].map(() => algorithm.pick([busy, b, c]).name)).not.toContain('a')
})

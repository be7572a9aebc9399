import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candidate } from './balance.ts'
import { Hash } from './hash.ts'
import { LeastConn } from './least-conn.ts'
import { RandomTwo } from './random-two.ts'
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

const weighted = (name: string, share: number, current = 0, latencyMs = 0): Candidate => ({
  name,
  share,
  latencyMs,
  sessions: { current },
})

function counts(times: number, pick: (index: number) => Candidate): Record<string, number> {
  const found: Record<string, number> = {}
  for (let index = 0; index < times; index += 1) {
    const { name } = pick(index)
    found[name] = (found[name] ?? 0) + 1
  }
  return found
}

test('round robin: as often as the weight says, and not in a burst', () => {
  const algorithm = new RoundRobin()
  const picks = Array.from({ length: 40 }, () => algorithm.pick([weighted('a', 3), weighted('b', 1)]).name)
  expect(picks.filter(name => name === 'a')).toHaveLength(30)
  expect(picks.join('')).not.toMatch(/aaaaa|bb/)
})

test('round robin: a share that grows, as in a slow start, is followed', () => {
  const algorithm = new RoundRobin()
  const early = counts(110, () => algorithm.pick([weighted('a', 1), weighted('b', 0.1)]))
  expect(early['b']).toBeGreaterThanOrEqual(9)
  expect(early['b']).toBeLessThanOrEqual(11)
  const later = counts(100, () => algorithm.pick([weighted('a', 1), weighted('b', 1)]))
  expect(later['b']).toBeGreaterThanOrEqual(45)
})

test('least connections: for its weight', () => {
  const algorithm = new LeastConn()
  expect(algorithm.pick([weighted('a', 1, 2), weighted('b', 4, 4)]).name).toBe('b')
})

test('random two: never the busier, nor the slower, of the two', () => {
  let seed = 3
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const algorithm = new RandomTwo(random)
  const busy = counts(300, () => algorithm.pick([weighted('a', 1), weighted('b', 1), weighted('c', 1, 9)]))
  expect(busy['c']).toBeUndefined()
  const slow = counts(300, () =>
    algorithm.pick([weighted('a', 1, 1, 5), weighted('b', 1, 1, 5), weighted('c', 1, 1, 300)]),
  )
  expect(slow['c']).toBeUndefined()
  const alike = counts(3_000, () => algorithm.pick([weighted('a', 1), weighted('b', 1), weighted('c', 1)]))
  expect(Object.values(alike).every(count => count > 800)).toBe(true)
  expect(algorithm.pick([weighted('a', 1)]).name).toBe('a')
})

test('hash: the same key, the same server; when one goes, only its keys move, to all others', () => {
  const algorithm = new Hash()
  const [a, b, c] = [weighted('a', 1), weighted('b', 1), weighted('c', 2)]
  const before = counts(4_000, index => algorithm.pick([a, b, c], `/path/${index}`))
  expect(before['a']).toBeGreaterThan(850)
  expect(before['a']).toBeLessThan(1_150)
  expect(before['c']).toBeGreaterThan(1_850)
  const moved = counts(4_000, index => {
    const first = algorithm.pick([a, b, c], `/path/${index}`)
    const second = algorithm.pick([a, c], `/path/${index}`)
    if (first !== b) expect(second).toBe(first)
    return first === b ? second : b
  })
  expect(moved['a']).toBeGreaterThan(200)
})

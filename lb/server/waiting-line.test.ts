import { expect, test } from 'vitest'
import { WaitingLine } from './waiting-line.ts'

test('first come, first served; who leaves or waits too long is not', () => {
  const line = new WaitingLine({ most: 4, limitMs: 100 })
  const said: string[] = []
  const waiters = ['a', 'b', 'c', 'd', 'e'].map(name => ({
    proceed: () => void said.push(name),
    giveUp: () => void said.push(`${name} gave up`),
  }))
  expect(waiters.map((waiter, index) => line.join(waiter, index * 40))).toEqual([
    ...Array(4).fill('joined'),
    'full',
  ])
  line.callNext()
  if (waiters[2]) line.leave(waiters[2])
  line.expire(150)
  expect(said).toEqual(['a', 'b gave up'])
  line.callAll()
  line.callNext()
  expect(said).toEqual(['a', 'b gave up', 'd'])
  expect(line.length).toBe(0)
})

test('who is called in vain keeps its place, and waits no longer for it', () => {
  const line = new WaitingLine({ most: 4, limitMs: 100 })
  const said: string[] = []
  const join = (name: string, sinceMs: number) =>
    line.join(
      {
        proceed: () => {
          said.push(name)
          join(name, sinceMs)
        },
        giveUp: () => void said.push(`${name} gave up`),
      },
      sinceMs,
    )
  join('a', 0)
  join('b', 40)
  line.callNext()
  line.callNext()
  line.expire(100)
  expect(said).toEqual(['a', 'a', 'a gave up'])
  expect(line.length).toBe(1)
})

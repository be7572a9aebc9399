import { expect, test } from 'vitest'
import { historyOf } from '../analysis/testing/history-builder.ts'
import type { Strike, TrialPlan } from '../plan/trial-plan.ts'
import { elementsOf, planOfPart } from './elements.ts'

const { plan: base } = historyOf()
const [a, b, c] = base.peers as [(typeof base.peers)[0], (typeof base.peers)[0], (typeof base.peers)[0]]

function strike(entry: number, target: Strike['target'], atMs: number, more: Partial<Strike> = {}): Strike {
  return { entry, target, atMs, untilMs: atMs + 500, fault: { kind: 'kill', effect: 'silence' }, ...more }
}

function planOf(...strikes: Strike[]): TrialPlan {
  return { ...base, strikes }
}

test('each strike is an element, with a name that tells it from the others', () => {
  const elements = elementsOf(planOf(strike(0, a, 0), strike(0, b, 0), strike(1, a, 1000)))
  expect(elements.map(({ name }) => name)).toEqual([
    'kill gateway-a from 0 to 500 ms',
    'kill gateway-b from 0 to 500 ms',
    'kill gateway-a from 1000 to 1500 ms',
  ])
})

test('a plan from before there were several strikes is one for each of its targets', () => {
  expect(elementsOf({ ...base, alsoStruck: [b] })).toHaveLength(2)
})

test('a part keeps its instants and its targets’ peers, and forgets the rest', () => {
  const whole = planOf(strike(0, a, 0), strike(1, b, 700), strike(2, c, 900))
  const part = planOfPart(whole, elementsOf(whole), [1, 2])
  expect(part.strikes?.map(({ target, atMs }) => [target.name, atMs])).toEqual([
    ['gateway-b', 700],
    ['gateway-c', 900],
  ])
  expect(part).toMatchObject({
    target: b,
    alsoStruck: [c],
    peers: base.peers,
    timing: base.timing,
    slos: base.slos,
  })
  expect(part.strikes?.map(({ fault }) => fault)).toEqual(
    Array.from({ length: 2 }, () => ({ kind: 'kill', effect: 'none-in-traffic' })),
  )
  expect(planOfPart(whole, elementsOf(whole), [0]).alsoStruck).toBeUndefined()
})

test('a roll-out is one element, and waits for itself wherever it comes to stand', () => {
  const rollOut = { fault: { kind: 'deploy', effect: 'impaired', rollOut: 'to-all' } } as const
  const whole = planOf(
    strike(0, c, 0),
    strike(1, a, 100, rollOut),
    strike(1, b, 100, { ...rollOut, afterReady: 1 }),
  )
  const elements = elementsOf(whole)
  expect(elements.map(({ places }) => places)).toEqual([[0], [1, 2]])
  const part = planOfPart(whole, elements, [1])
  expect(part.strikes?.map(({ afterReady }) => afterReady)).toEqual([undefined, 0])
})

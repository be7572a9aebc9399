import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextStep, type Outcome, type Part, partKey, type Step } from './ddmin.ts'

type Ended = Exclude<Step, { kind: 'try' }>

/** Answers every question from the truth, and says how many there were. */
function search(count: number, truth: (part: Part) => Outcome): { end: Ended; tried: Part[] } {
  const known = new Map<string, Outcome>()
  const tried: Part[] = []
  for (;;) {
    const step = nextStep(count, known)
    if (step.kind !== 'try') return { end: step, tried }
    if (known.has(partKey(step.part))) throw new Error(`${partKey(step.part)} was asked for twice`)
    tried.push(step.part)
    known.set(partKey(step.part), truth(step.part))
  }
}

const needs =
  (...culprits: number[]) =>
  (part: Part): Outcome =>
    culprits.every(culprit => part.includes(culprit)) ? 'fails' : 'passes'

test('of three of which one matters, that one is found', () => {
  expect(search(3, needs(1)).end).toEqual({ kind: 'done', part: [1], undecided: [] })
})

test('of many of which two matter only together, these two', () => {
  const { end, tried } = search(8, needs(1, 6))
  expect(end).toEqual({ kind: 'done', part: [1, 6], undecided: [] })
  expect(tried.length).toBeLessThan(30)
})

test('a single one is what it is', () => {
  expect(search(1, needs(0))).toEqual({ end: { kind: 'done', part: [0], undecided: [] }, tried: [[0]] })
})

test('a whole that does not fail, or of which nobody can tell, is not searched', () => {
  expect(search(4, () => 'passes')).toMatchObject({ end: { kind: 'whole-does-not-fail', outcome: 'passes' } })
  expect(search(4, () => 'undecided').tried).toEqual([[0, 1, 2, 3]])
})

const monotone = fc
  .integer({ min: 1, max: 9 })
  .chain(count =>
    fc.tuple(fc.constant(count), fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1 })),
  )

test('where more never helps, exactly what matters is found, and nothing is asked twice', () => {
  fc.assert(
    fc.property(monotone, ([count, culprits]) => {
      const { end, tried } = search(count, needs(...culprits))
      expect(end).toEqual({ kind: 'done', part: culprits.toSorted((a, b) => a - b), undecided: [] })
      expect(tried.length).toBeLessThanOrEqual(count * count + 3 * count)
    }),
  )
})

/** Any truth whatever, drawn anew for each part. */
const lawless = fc.record({
  count: fc.integer({ min: 1, max: 7 }),
  outcomes: fc.infiniteStream(fc.constantFrom<Outcome>('fails', 'passes', 'undecided')),
})

test('whatever the truth: the end was seen to fail, and without any one of it to pass, or it says so', () => {
  fc.assert(
    fc.property(lawless, ({ count, outcomes }) => {
      const truth = new Map<string, Outcome>()
      const { end } = search(count, part => {
        const outcome = part.length === count ? 'fails' : (outcomes.next().value as Outcome)
        truth.set(partKey(part), outcome)
        return outcome
      })
      if (end.kind !== 'done') throw new Error('the whole fails')
      expect(truth.get(partKey(end.part))).toBe('fails')
      if (end.part.length === 1) return
      for (const element of end.part) {
        const rest = truth.get(partKey(end.part.filter(other => other !== element)))
        expect(rest).toBe(end.undecided.includes(element) ? 'undecided' : 'passes')
      }
    }),
  )
})

test('stopped anywhere, it goes on as if it had not been', () => {
  const { tried } = search(7, needs(2, 5))
  const known = new Map<string, Outcome>()
  for (const part of tried) {
    // What is on disk comes back in whatever order.
    expect(nextStep(7, new Map([...known].reverse()))).toEqual({ kind: 'try', part })
    known.set(partKey(part), needs(2, 5)(part))
  }
  expect(nextStep(7, known).kind).toBe('done')
})

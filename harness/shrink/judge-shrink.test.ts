import { expect, test } from 'vitest'
import { renderShrinkSummary } from '../report/shrink-summary.ts'
import type { Outcome } from './ddmin.ts'
import { judgeShrink } from './judge-shrink.ts'
import type { TriedPart } from './tried-part.ts'

const elements = ['kill a', 'kill b', 'pause c'].map((name, index) => ({ name, places: [index] }))

function tried(part: number[], outcome: Outcome | undefined, valid = 2): TriedPart {
  return { part, outcome, why: 'so it was', failed: outcome === 'fails' ? valid : 0, valid, trials: valid }
}

function judge(...parts: TriedPart[]) {
  return judgeShrink({ of: 'results/one', system: 'shop', elements, tried: parts, results: '' })
}

const TO_TWO = [
  tried([0, 1, 2], 'fails', 1),
  tried([0], 'passes'),
  tried([1, 2], 'passes'),
  tried([1], 'passes'),
  tried([2], 'passes'),
  tried([0, 2], 'passes'),
  tried([0, 1], 'fails'),
]

test('the smallest part, and how sure it is', () => {
  const verdict = judge(...TO_TWO)
  expect(verdict).toMatchObject({ status: 'pass', smallest: ['kill a', 'kill b'], reasons: [] })
  expect(verdict.proves).toBe(
    'It failed in 2 of 2 valid trials. Without each of its faults it passed in at least 2 valid trials, which bounds how often it would fail without it below 78 % (at 95 % confidence); --resume with more --trials bounds it further.',
  )
  expect(renderShrinkSummary(verdict, { colour: false })).toContain('SMALLEST: kill a and kill b')
})

test('where nobody could tell, it says what may not be needed', () => {
  const verdict = judge(...TO_TWO.filter(({ part }) => part.join() !== '1'), tried([1], 'undecided', 0))
  expect(verdict).toMatchObject({ status: 'inconclusive', smallest: ['kill a', 'kill b'] })
  expect(verdict.reasons).toEqual([
    'Whether it fails without kill a could not be told: that may not be needed.',
  ])
})

test('ended early, it has the smallest so far', () => {
  const early = judge(tried([0, 1, 2], 'fails', 1), tried([0], undefined, 1))
  expect(early).toMatchObject({ status: 'inconclusive', smallest: ['kill a', 'kill b', 'pause c'] })
  expect(early.reasons).toEqual(['It was ended before the smallest part was found.'])
  expect(judge()).toMatchObject({ status: 'inconclusive', smallest: null })
})

test('a whole that does not fail is not made smaller', () => {
  expect(judge(tried([0, 1, 2], 'passes'))).toMatchObject({ status: 'inconclusive', smallest: null })
  expect(judge(tried([0, 1, 2], 'passes')).reasons[0]).toContain('did not fail here, in 2 valid trials')
  expect(judge(tried([0, 1, 2], 'undecided')).reasons[0]).toContain('could not be told: so it was')
})

test('what fails now and then is said to', () => {
  const flaky = [tried([0, 1, 2], 'fails', 1), { ...tried([0], 'fails', 3), failed: 1 }]
  expect(judge(...flaky).proves).toContain('It failed in 1 of 3 valid trials.')
})

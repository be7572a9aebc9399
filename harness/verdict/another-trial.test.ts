import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InvalidityCode } from '../analysis/validity/rule.ts'
import { anotherTrial, mostTrials, type TrialsSoFar } from './another-trial.ts'

type Trial = TrialsSoFar['trials'][number]

const valid: Trial = { validity: { status: 'valid' } }
const invalid = (code: InvalidityCode = 'probes-unsent'): Trial => ({
  validity: { status: 'invalid', reasons: [{ code, text: '3 probes could not be sent.', advice: '' }] },
})
const slo = (status: 'pass' | 'fail' | 'inconclusive', observed: number | null = 7) => ({
  rule: 'error_window_ms max < 9',
  status,
  observed,
  margin: null,
})
const whyAnother = (wanted: number, trials: Trial[], judged = slo('pass')) =>
  anotherTrial({ wanted, trials, verdict: { status: judged.status, slos: [judged] } })?.why

test('as many as were asked for', () => {
  expect(whyAnother(3, [valid])).toBe('Trial 2 of 3.')
  expect(whyAnother(3, [valid, valid, valid])).toBeUndefined()
})

test('a failure does not end the trials, and does not add any', () => {
  expect(whyAnother(2, [valid], slo('fail'))).toBe('Trial 2 of 2.')
  expect(whyAnother(2, [valid, valid], slo('fail'))).toBeUndefined()
})

test('an invalid one is repeated, up to a cap', () => {
  expect(whyAnother(2, [valid, invalid()])).toBe(
    'Trial 2 of 2 once more, since the last one was invalid: 3 probes could not be sent.',
  )
  expect(whyAnother(2, [valid, invalid(), valid])).toBeUndefined()
  expect(whyAnother(1, [invalid(), invalid()])).toContain('once more')
  expect(whyAnother(1, [invalid(), invalid(), invalid()])).toBeUndefined()
})

test.each<InvalidityCode>([
  'too-few-probes',
  'fault-not-verified',
  'fault-without-effect',
  'target-idle',
  'effect-unseen',
])('one that would be invalid again is not repeated: %s', code => {
  expect(whyAnother(1, [invalid(code)])).toBeUndefined()
})

test('a limit inside the bracket asks for one more, once', () => {
  expect(whyAnother(2, [valid, valid], slo('inconclusive'))).toBe(
    'One more trial, since a limit lies inside the bracket.',
  )
  expect(whyAnother(2, [valid, valid, valid], slo('inconclusive'))).toBeUndefined()
  // Not measured is not undecided: another trial would not be measured either.
  expect(whyAnother(2, [valid, valid], slo('inconclusive', null))).toBeUndefined()
})

test('an invalid extra trial is repeated within the cap, and not where that is futile', () => {
  expect(whyAnother(2, [valid, valid, invalid()], slo('inconclusive'))).toContain('once more')
  expect(whyAnother(2, [valid, valid, invalid('target-idle')], slo('inconclusive'))).toBeUndefined()
  expect(whyAnother(2, [invalid(), valid, invalid(), valid, invalid()], slo('inconclusive'))).toBeUndefined()
})

test('however trials turn out, the loop ends within the most that were planned for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.infiniteStream(fc.constantFrom(valid, invalid(), invalid('target-idle'))),
      fc.infiniteStream(fc.constantFrom('pass', 'fail', 'inconclusive')),
      (wanted, outcomes, statuses) => {
        const trials: Trial[] = []
        do trials.push(outcomes.next().value)
        while (whyAnother(wanted, trials, slo(statuses.next().value)) !== undefined)
        expect(trials.length).toBeLessThanOrEqual(mostTrials(wanted))
      },
    ),
  )
})

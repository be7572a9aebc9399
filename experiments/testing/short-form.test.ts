import { expect, test } from 'vitest'
import { checkExperiment } from '../../harness/experiment/check-experiment.ts'
import { shortForm } from './short-form.ts'

function experimentWith(more: object) {
  const checked = checkExperiment({
    name: 'x',
    title: 'x',
    shows: 'x',
    expected: 'x',
    target: { tier: 'gateway' },
    fault: { kind: 'kill' },
    slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'outage_ms min > 5000', 'bad_share rate < 1%'],
    ...more,
  })
  if ('problems' in checked) throw new Error(checked.problems.map(({ text }) => text).join('; '))
  return checked.experiment
}

test('half the hold: what must last has a quarter of its time, what must be short three times', () => {
  const { timing, slos } = shortForm(experimentWith({ timing: { holdMs: 6000 } }))
  expect(timing.holdMs).toBe(3000)
  expect(slos).toEqual(['lost_ms max < 2400', 'outage_ms min > 1250', 'bad_share rate < 1%'])
})

test('a timeline that says its instants keeps its hold', () => {
  const faults = [{ fault: { kind: 'kill' }, at: '5s' }]
  expect(shortForm(experimentWith({ faults, fault: undefined })).timing.holdMs).toBe(6000)
})

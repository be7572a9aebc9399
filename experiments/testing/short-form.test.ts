import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checkExperiment } from '../../harness/experiment/check-experiment.ts'
import { loadExperiment } from '../../harness/experiment/load-experiment.ts'
import { parseSlo } from '../../harness/verdict/slo.ts'
import { shortForm } from './short-form.ts'

const LIBRARY = fileURLToPath(new URL('..', import.meta.url))

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

test('half the hold: what must last has a quarter of its time, what must be short three quarters more', () => {
  const { timing, slos } = shortForm(experimentWith({ timing: { holdMs: 12_000 } }))
  expect(timing.holdMs).toBe(6000)
  expect(slos).toEqual(['lost_ms max < 1400', 'outage_ms min > 1250', 'bad_share rate < 1%'])
})

/** It loses its share of the requests for as long as it is gone, or is late with it; then all is well again. */
test.each([
  'gateway-kill',
  'gateway-freeze',
  'gateway-cut',
  'gateway-slow',
  'gateway-answers-503',
  'gateway-lies',
  'gateway-replaced',
  'zone-kill',
  'zone-freeze',
  'zone-cut',
])('%s: a balancer that leaves it in rotation does not pass', async name => {
  const { timing, slos } = shortForm(await loadExperiment(name, LIBRARY))
  const limitOf = (metric: string) => slos.map(parseSlo).find(slo => slo.metric === metric)?.limit
  expect(limitOf('recovery_ms')).toBeLessThan(0.9 * timing.holdMs)
  expect(limitOf('lost_ms')).toBeLessThan(0.25 * timing.holdMs)
})

test('a timeline that says its instants keeps its hold', () => {
  const faults = [{ fault: { kind: 'kill' }, at: '8s' }]
  const more = { faults, fault: undefined, timing: { holdMs: 9000 } }
  expect(shortForm(experimentWith(more)).timing.holdMs).toBe(9000)
})

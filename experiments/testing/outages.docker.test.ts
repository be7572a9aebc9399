import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadExperiment } from '../../harness/experiment/load-experiment.ts'
import { shareSystem } from './shared-system.ts'
import { shortForm } from './short-form.ts'

const OUTAGES = fileURLToPath(new URL('../outages/', import.meta.url))

/** Two of them in a few seconds each; `npm run outages` runs all, as long as they are. */
test.each([
  ['dns-empty-answer', 'without'],
  ['dns-empty-answer', 'with'],
  ['stalled-dependency', 'without'],
  ['stalled-dependency', 'with'],
])('%s %s its remedy: what the report tells comes about', async (outage, form) => {
  const experiment = await loadExperiment(`${OUTAGES}${outage}/${form}-remedy.yaml`, OUTAGES)
  const system = await shareSystem(`zonefall-${outage}-test`, experiment.system)
  const { verdict } = await system.run(shortForm(experiment)).finally(() => system.end())
  expect(verdict.status, JSON.stringify({ reasons: verdict.reasons, slos: verdict.slos })).toBe('pass')
})

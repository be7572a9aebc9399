import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadExperiment } from '../../harness/experiment/load-experiment.ts'
import { ownState, zonefall } from '../../harness/testing/zonefall-process.ts'
import { shareSystem } from './shared-system.ts'
import { shortForm } from './short-form.ts'

const OUTAGES = fileURLToPath(new URL('../outages/', import.meta.url))

test('all of them can be run by one command, each on a system of its own', async () => {
  const files = readdirSync(OUTAGES, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('-remedy.yaml'))
    .map(file => `${OUTAGES}${file}`)
  const { code, stdout, stderr } = await zonefall(['run', ...files, '--dry-run', '--json'], await ownState())
  expect(code, stderr).toBe(0)
  const { plans } = JSON.parse(stdout) as { plans: { experiment: string; system: string }[] }
  expect(plans.length).toBe(12)
  for (const form of ['with', 'without'])
    expect(
      new Set(plans.filter(plan => plan.experiment.endsWith(`-${form}`)).map(plan => plan.system)).size,
    ).toBe(6)
})

/** One of them in a few seconds; `npm run outages` runs all, as long as they are. */
test.each([
  ['bad-config-everywhere', 'without'],
  ['bad-config-everywhere', 'with'],
])('%s %s its remedy: what the report tells comes about', async (outage, form) => {
  const experiment = await loadExperiment(`${OUTAGES}${outage}/${form}-remedy.yaml`, OUTAGES)
  const system = await shareSystem({
    called: `zonefall-${outage}`,
    system: experiment.system,
    answeringTiers: [],
  })
  const { verdict } = await system.run(shortForm(experiment)).finally(() => system.end())
  expect(verdict.status, JSON.stringify({ reasons: verdict.reasons, slos: verdict.slos })).toBe('pass')
})

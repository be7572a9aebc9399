import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadExperiment } from '../../harness/experiment/load-experiment.ts'
import { type SharedSystem, shareSystem } from './shared-system.ts'
import { shortForm } from './short-form.ts'

const LIBRARY = fileURLToPath(new URL('..', import.meta.url))

/**
 * The library on the reference system, each experiment in a few seconds. Not here, and in `npm run experiments`:
 * gateway-crash, which is gateway-kill but for who starts it again; single-gateway, which needs a system of its own;
 * the roll-outs, gateway-flapping and two-zones-lost, which take their time; retry-storm and
 * overload-after-zone-loss, whose outcome depends on what the machine can do.
 */
const HERE = [
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
  'app-fleet-but-one',
  'app-fleet-lost',
  'dns-outage',
  'balancer-kill',
]

let system: SharedSystem
beforeAll(async () => {
  system = await shareSystem({ called: 'zonefall-library', answeringTiers: ['gateway', 'app'] })
})
afterAll(() => system?.end())

test.each(HERE)('%s: its outcome is the one that it expects', async name => {
  const { verdict, trials } = await system.run(shortForm(await loadExperiment(name, LIBRARY)))
  const read = trials.at(-1)?.events.filter(event => event.type === 'fault-verified') ?? []
  expect(read.length).toBeGreaterThan(0)
  expect(read.filter(event => !event.ok)).toEqual([])
  expect(verdict.status, JSON.stringify({ reasons: verdict.reasons, slos: verdict.slos })).toBe('pass')
})

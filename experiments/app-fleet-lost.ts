import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'app-fleet-lost',
  title: 'All app servers are killed at once, and started again later',
  shows: 'what is left when the layer behind the gateways is gone, and how soon all is well when it is back',
  expected:
    'every request is refused at once, by gateways that stay in rotation; seconds after the app servers are back, nobody notices any more',
  target: { tier: 'app', all: true },
  fault: { kind: 'kill' },
  timing: { recoveryMs: 15_000 },
  slos: ['outage_ms min > 5000', 'recovery_ms max < 13000', 'censored count == 0'],
})

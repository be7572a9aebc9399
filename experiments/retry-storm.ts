import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'retry-storm',
  title: 'All app servers stand still for two seconds, under a load three times the usual',
  shows: 'whether what was held up comes back as a storm of repeated requests that outlasts its cause',
  expected:
    'repeats are a small share of all requests, so that all is well within seconds of the end of the disruption, and stays well',
  target: { tier: 'app', all: true },
  fault: { kind: 'pause' },
  timing: { holdMs: 2000 },
  load: { ratePerSecond: 300, connections: 50 },
  slos: ['outage_ms max < 4000', 'recovery_ms max < 5000', 'flaps max == 0', 'censored count == 0'],
})

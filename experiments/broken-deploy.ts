import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'broken-deploy',
  title: 'A new version of the gateway never turns ready',
  shows: 'that a roll-out which waits for readiness stops at the first broken machine',
  expected: 'the first gateway is lost, as in gateway-kill, and the roll-out goes no further',
  target: { tier: 'gateway', all: true },
  fault: { kind: 'deploy', version: 'broken', progressDeadlineSeconds: 5 },
  timing: { holdMs: 8000 },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'rolling-deploy',
  title: 'A new version of the gateway is rolled out, one machine after another',
  shows: 'whether clients notice a deploy that goes well',
  expected:
    'each gateway finishes what it had begun, and the next one goes only when it is ready: nothing is lost',
  target: { tier: 'gateway', all: true },
  fault: { kind: 'deploy' },
  timing: { holdMs: 20_000 },
  slos: ['error_window_ms max < 1000', 'lost_ms max < 100', 'censored count == 0'],
})

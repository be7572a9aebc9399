import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-replaced',
  title: 'One of three gateways is removed, and another container takes its place',
  shows: 'how long it takes until a replacement that nobody has seen before carries its share',
  expected:
    'no client sees an error, and the new container has a third of the requests within seconds of its start',
  target: { tier: 'gateway' },
  fault: { kind: 'remove' },
  timing: { recoveryMs: 12000 },
  slos: [
    'lost_ms max < 800',
    'recovery_ms max < 3000',
    'capacity_restored_ms max < 12000',
    'censored count == 0',
  ],
})

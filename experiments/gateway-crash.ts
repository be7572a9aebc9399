import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-crash',
  title: 'One of three gateways crashes, and its restart policy brings it back',
  shows: 'what a crash costs when nobody has to notice it: the engine restarts the container by itself',
  expected: 'the others carry on, and full capacity is back within seconds without anyone doing anything',
  target: { tier: 'gateway' },
  fault: { kind: 'crash' },
  slos: [
    'error_window_ms max < 2500',
    'lost_ms max < 800',
    'recovery_ms max < 3000',
    'capacity_restored_ms max < 5000',
    'censored count == 0',
  ],
})

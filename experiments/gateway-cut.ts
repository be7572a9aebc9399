import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-cut',
  title: 'One of three gateways is cut off from the network: its packets vanish',
  shows: 'what a black hole costs: not even connecting to it fails before somebody loses patience',
  expected: 'the balancer takes the gateway out and repeats what it had been sent: no client sees an error',
  target: { tier: 'gateway' },
  fault: { kind: 'cut' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

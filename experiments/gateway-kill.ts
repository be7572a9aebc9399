import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-kill',
  title: 'One of three gateways is killed',
  shows: 'whether two gateways carry what three carried, and what the clients notice of the change',
  expected: 'the balancer takes the dead gateway out and repeats what was in flight: no client sees an error',
  target: { tier: 'gateway' },
  fault: { kind: 'kill' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-freeze',
  title: 'One of three gateways freezes: it takes connections and answers nothing',
  shows:
    'what silence costs, where a dead machine would have refused: only a deadline or a health check tells',
  expected:
    'the balancer takes the frozen gateway out and repeats what it had been sent: no client sees an error',
  target: { tier: 'gateway' },
  fault: { kind: 'pause' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-answers-503',
  title: 'One of three gateways answers everything with 503, its health check too',
  shows: 'what an instance costs that is there and refuses its work, at once and politely',
  expected: 'the balancer asks another gateway instead, and has this one out after two failed checks',
  target: { tier: 'gateway' },
  fault: { kind: 'http-status', status: 503 },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

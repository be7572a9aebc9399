import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-lies',
  title: 'One of three gateways fails nine of ten requests, and its health check says that all is well',
  shows: 'whether anybody looks at how an instance behaves, and not only at what it says of itself',
  expected: 'the balancer judges it by its answers and takes it out, though its check passes all the time',
  target: { tier: 'gateway' },
  fault: { kind: 'http-status', status: 503, share: 0.9, except: '/readyz' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

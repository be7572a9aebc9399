import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-slow',
  title: 'One of three gateways answers half a second late, and its health check does not show it',
  shows: 'whether anybody notices an instance that is slow while its checks say that all is well',
  expected:
    'the balancer asks another gateway as well when an answer takes long, and then leaves this one out',
  target: { tier: 'gateway' },
  fault: { kind: 'http-delay', delayMs: 500, except: '/readyz' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

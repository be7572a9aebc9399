import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'single-gateway',
  title: 'The only gateway is killed, and started again later',
  shows: 'that a gateway put in to remove single points of failure is one itself as long as it is alone',
  expected: 'the whole system is down from the kill until the gateway is back and the balancer has seen it',
  keepOnly: { tier: 'gateway', count: 1 },
  target: { tier: 'gateway' },
  fault: { kind: 'kill' },
  // Long enough to see the whole of the recovery that the SLO allows: 15 s, less the hold, and 5 s of being steady.
  timing: { recoveryMs: 14_500 },
  slos: ['outage_ms min > 5000', 'recovery_ms max < 15000', 'censored count == 0'],
})

import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'balancer-kill',
  title: 'The only balancer is killed, and started again later',
  shows: 'where the chain of redundancy ends here: the single point of failure that a provider replicates',
  expected: 'the whole system is dead until the balancer is back, and works at once when it is',
  target: { tier: 'balancer' },
  fault: { kind: 'kill' },
  slos: ['outage_ms min > 5000', 'recovery_ms max < 10000', 'censored count == 0'],
})

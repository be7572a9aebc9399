import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'dns-outage',
  title: 'No name is found any more, by the balancer and by all gateways',
  shows: 'whether a system that is up needs its name service to stay up',
  expected: 'all go on with the addresses that they know: no client sees an error',
  faults: [
    { fault: { kind: 'dns-failure' }, target: { tier: 'balancer' } },
    { fault: { kind: 'dns-failure' }, target: { tier: 'gateway', all: true } },
  ],
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'censored count == 0'],
})

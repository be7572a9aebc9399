import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'dns-outage',
  title: 'No name is found any more, by the balancer and by all gateways',
  shows: 'whether a system that is up needs its name service to stay up',
  expected:
    'the textbook has all go on with the addresses that they know, and the balancer does; the gateways take a name that is not found for a server that is gone, and lose app servers that are well until names are found again',
  faults: [
    { fault: { kind: 'dns-failure' }, target: { tier: 'balancer' } },
    { fault: { kind: 'dns-failure' }, target: { tier: 'gateway', all: true } },
  ],
  slos: ['lost_ms min > 300', 'recovery_ms max < 12000', 'censored count == 0'],
})

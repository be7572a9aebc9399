import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'gateway-flapping',
  title: 'One of three gateways comes and goes: down for two seconds, up for two, again and again',
  shows: 'whether a balancer pays for every return of a server that does not stay',
  expected: 'each fall costs as little as a single one, and no client sees an error',
  target: { tier: 'gateway' },
  faults: [{ fault: { kind: 'kill' }, for: '2s', every: '4s', times: 4 }],
  timing: { holdMs: 15_000 },
  slos: ['error_window_ms max < 16000', 'lost_ms max < 800', 'bad_share rate < 0.01', 'censored count == 0'],
})

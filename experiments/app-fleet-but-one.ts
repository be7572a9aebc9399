import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'app-fleet-but-one',
  title: 'All app servers but one are killed',
  shows: 'whether one app server carries the whole load, and whether its gateways still find it',
  expected: 'the gateways ask the one that is left, in another zone if need be: no client sees an error',
  target: { tier: 'app', count: 2 },
  fault: { kind: 'kill' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

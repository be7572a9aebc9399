import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'zone-kill',
  title: 'A whole zone is lost: all that runs in it dies at once',
  shows: 'whether two zones carry what three carried, at every layer',
  expected: 'the other two zones carry half as much again each, and no client sees an error',
  target: { wholeZones: 1 },
  fault: { kind: 'kill' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

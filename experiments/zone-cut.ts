import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'zone-cut',
  title: 'A whole zone is cut off: no packet enters or leaves it',
  shows: 'what a zone costs that is alive and cannot be reached',
  expected: 'the other two zones carry half as much again each, and no client sees an error',
  target: { wholeZones: 1 },
  fault: { kind: 'cut' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

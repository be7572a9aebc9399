import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'zone-freeze',
  title: 'A whole zone freezes: all that runs in it takes connections and answers nothing',
  shows: 'whether a layer that waits for a silent peer takes down the layer before it',
  expected: 'the other two zones carry half as much again each, and no client sees an error',
  target: { wholeZones: 1 },
  fault: { kind: 'pause' },
  slos: ['error_window_ms max < 2500', 'lost_ms max < 800', 'recovery_ms max < 3000', 'censored count == 0'],
})

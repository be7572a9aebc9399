import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'two-zones-lost',
  title: 'Two of three zones are lost: one, and three seconds later a second',
  shows: 'whether one zone alone still answers, though it was never meant to carry the peak',
  expected: 'at this load, a small part of the peak, the last zone carries everything',
  faults: [
    { fault: { kind: 'kill' }, target: { wholeZones: 1 } },
    { fault: { kind: 'kill' }, target: { wholeZones: 1 }, at: '3s' },
  ],
  timing: { holdMs: 9000 },
  slos: ['error_window_ms max < 5500', 'lost_ms max < 1600', 'recovery_ms max < 6000', 'censored count == 0'],
})

import { defineExperiment } from '../harness/experiment/experiment.ts'

export default defineExperiment({
  name: 'overload-after-zone-loss',
  title: 'A zone is lost, and the processor that the other two have is not enough for all',
  shows:
    'what a system does with more than it can carry: whether it refuses the surplus, or is late with everything',
  expected:
    'a part of the requests is refused at once, the others are answered in time, and all is well when the zone is back',
  faults: [
    { fault: { kind: 'cpu-limit', cpus: 0.06 }, target: { tier: 'gateway', zone: 'zone-b' } },
    { fault: { kind: 'cpu-limit', cpus: 0.06 }, target: { tier: 'gateway', zone: 'zone-c' } },
    { fault: { kind: 'kill' }, target: { zone: 'zone-a', all: true }, at: '2s' },
  ],
  timing: { holdMs: 8000, recoveryMs: 12000 },
  load: { ratePerSecond: 250, connections: 50 },
  slos: ['outage_ms max < 2000', 'recovery_ms max < 14000', 'censored count == 0'],
})

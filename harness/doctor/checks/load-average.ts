import { availableParallelism, loadavg } from 'node:os'
import type { Check } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

/** Of each core, over the last minute. */
const BUSIEST = 0.7

export const loadAverage: Check = {
  name: 'load average',
  pace: 'together',
  run: async () => judgeLoadAverage(loadavg()[0] ?? 0, availableParallelism()),
}

export function judgeLoadAverage(overOneMinute: number, cores: number): Finding {
  const what = `${overOneMinute.toFixed(2)} over the last minute, on ${cores} core${cores === 1 ? '' : 's'}`
  if (overOneMinute <= BUSIEST * cores) return fine(what)
  return limited(
    `${what}: this machine is at work already`,
    'Brackets get wide and trials may be invalid; give the machine to the run alone.',
  )
}

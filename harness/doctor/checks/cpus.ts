import { availableParallelism } from 'node:os'
import type { Check } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

export const cpus: Check = {
  name: 'CPUs',
  pace: 'together',
  run: async ({ engine }) =>
    judgeCpus(availableParallelism(), engine.kind === 'reached' ? engine.api.facts.cpus : undefined),
}

/** Prober and system share cores where engine and machine are one. */
export function judgeCpus(here: number, engine: number | undefined): Finding {
  const what = `${here} here${engine === undefined ? '' : `, ${engine} on the engine’s side`}`
  if (here >= 2 && (engine ?? 2) >= 2) return fine(what)
  return limited(
    `${what}: prober, load and system are in each other's way`,
    'Brackets get wide and trials may be invalid; lower the rates of probes and load, or use two cores or more.',
  )
}

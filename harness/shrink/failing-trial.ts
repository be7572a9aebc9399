import { ZonefallError } from '../errors/zonefall-error.ts'
import type { StoredRun, StoredTrial } from '../replay/stored-run.ts'
import { judge } from '../verdict/judge.ts'
import { elementsOf } from './elements.ts'

/** The first trial of a run that violates a rule by itself. Errors: NOTHING_TO_SHRINK. */
export function failingTrial({ path, trials }: StoredRun): StoredTrial {
  const failing = trials.find(trial => fails(trial))
  if (!failing) throw new ZonefallError('NOTHING_TO_SHRINK', `No valid trial of ${path} fails by itself.`)
  if (elementsOf(failing.manifest.plan).length === 1)
    throw new ZonefallError('NOTHING_TO_SHRINK', `${path} has one fault only: nothing of it can be left out.`)
  return failing
}

function fails({ manifest: { plan, system }, analysis }: StoredTrial): boolean {
  const { experiment, seed, slos } = plan
  const [verdict] = judge({
    experiment,
    system: system.project,
    seed,
    slos,
    wanted: 1,
    trials: [analysis],
    results: '',
  }).trials
  return verdict?.status === 'fail'
}

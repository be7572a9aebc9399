import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '../analysis/analyse.ts'
import type { Engine } from '../docker/engine.ts'
import type { ExperimentInput } from '../experiment/experiment.ts'
import { writeFailure } from '../history/write-failure.ts'
import { makePlan, planTrial } from '../plan/make-plan.ts'
import type { LabelKeys } from '../plan/members.ts'
import { strikesOf, type TrialPlan, withStrikes } from '../plan/trial-plan.ts'
import { experimentText } from '../replay/experiment-of.ts'
import { analyseRun, analyseTrials } from '../results/analyse-run.ts'
import { makeManifest } from '../results/manifest.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { EXPERIMENT_NAME } from './judge-record.ts'
import { recordedExperiment, requireExperiment } from './recorded-experiment.ts'
import type { Recorded } from './run-record.ts'

export interface KeepRequest {
  readonly recorded: Recorded
  /** The run's folder; the history is in `trial-1`. */
  readonly folder: string
  /** As the Compose file has it, and the name that it ran under. */
  readonly project: ComposeProject
  readonly runsAs: string
  readonly engine: Pick<Engine, 'info'>
  readonly keys: LabelKeys
  readonly url: URL
  readonly instanceHeader: string
  readonly startedAt: Date
  readonly packageRoot: string
  /** How the experiment is run. */
  readonly rerun: string
}

export interface KeptRecord {
  readonly experimentFile: string
  readonly analysis: Analysis
}

const SEED = 0 // nothing is drawn: every target is named

/**
 * Makes of a record what a run leaves, so that it can be analysed and replayed, and the experiment that does the
 * same. Errors: EXPERIMENT_INVALID, FAULTS_CONFLICT and the like, when what was done is no experiment; DISK_FULL.
 */
export async function keepRecord(request: KeepRequest): Promise<KeptRecord> {
  const { recorded, folder, project, runsAs, engine, keys, url, startedAt, packageRoot, rerun } = request
  const input = recordedExperiment({ ...recorded, ...request, project: runsAs, recordedAt: startedAt })
  const experiment = requireExperiment(input)
  const planned = makePlan({
    experiment,
    project,
    keys,
    target: undefined,
    trials: 1,
    mostTrials: 1,
    seed: SEED,
  })
  const { containers } = recorded
  const { instanceHeader } = request
  const plan = byHand(planTrial(planned, 1, { containers, keys, url, instanceHeader }))
  const ran = { ...project, name: runsAs }
  const facts = { project: ran, engine: engine.info, packageRoot, startedAt, rerun, dropped: [] }
  const writePlan = async (slos: readonly string[]) => {
    const manifest = makeManifest({ ...facts, plan: { ...plan, slos } })
    await write(join(folder, 'trial-1/manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  }
  await writePlan(plan.slos)
  const [seen] = (await analyseTrials(folder, packageRoot)).trials
  if (!seen) throw new RangeError('a record without its trial')
  const slos = [limitOf(seen.analysis)] // which only what was measured tells
  await writePlan(slos)
  const [trial] = (await analyseRun(folder, packageRoot)).trials
  if (!trial) throw new RangeError('a record without its trial')
  const experimentFile = join(folder, EXPERIMENT_NAME)
  await write(experimentFile, experimentText({ ...input, slos }, headOf(request, trial.analysis)))
  return { experimentFile, analysis: trial.analysis }
}

/** Whatever else was done meanwhile was done by the same hand, and disturbs nothing. */
function byHand(plan: TrialPlan): TrialPlan {
  return withStrikes(
    plan,
    strikesOf(plan).map(strike => {
      const { tells: _, ...fault } = strike.fault
      return { ...strike, fault }
    }),
  )
}

const ROOM = 1.1
const LEAST_ROOM_MS = 100

/** What was recorded, and as much more as a replay may differ by. */
function limitOf({ metrics }: Analysis): ExperimentInput['slos'][number] {
  const window = metrics.error_window_ms.value
  if (!window) return 'censored count == 0'
  const limitMs = Math.max(window.upper + LEAST_ROOM_MS, window.upper * ROOM)
  return `error_window_ms max <= ${Math.ceil(limitMs / 10) * 10}`
}

function headOf({ recorded: { told }, runsAs, startedAt }: KeepRequest, { metrics }: Analysis): string[] {
  const window = metrics.error_window_ms
  const was = window.value
    ? `Its error window was ${window.value.value.toFixed(0)} ms (${window.value.lower.toFixed(0)} to ${window.value.upper.toFixed(0)}).`
    : `Its error window is not known: ${window.reason}.`
  return [
    `Recorded by \`zonefall record\` on ${runsAs}, ${startedAt.toISOString()}. ${was}`,
    ...told.untold.map(what => `Not in here: ${what}`),
  ]
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

import { realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFailure } from '../history/write-failure.ts'
import { renderReplayPage } from '../report/replay-page.ts'
import { type AnalysedRun, analyseRun, nameWithin, readAssets } from '../results/analyse-run.ts'
import { errorCurveOf } from './error-curve.ts'
import { judgeReplay, type ReplayedTrial, type ReplayVerdict } from './judge-replay.ts'
import { type NamedTrial, readReplayRecord } from './replay-record.ts'
import { bracketMsOf } from './stored-run.ts'

export interface AnalysedReplay {
  readonly verdict: ReplayVerdict
  readonly stored: readonly NamedTrial[]
  /** The valid ones. */
  readonly replayed: readonly NamedTrial[]
}

/**
 * Makes `likeness.json` and `replay.html` of a replay, and all that a run has, from what is stored: the same
 * bytes each time. Errors: RESULTS_UNREADABLE, DISK_FULL, RESULTS_UNWRITABLE.
 */
export async function analyseReplay(folder: string, packageRoot: string): Promise<AnalysedReplay> {
  const record = await readReplayRecord(folder)
  const trials = (await analyseRun(folder, packageRoot)).trials.flatMap(trial => comparedTrial(trial) ?? [])
  const verdict = judgeReplay(record, trials, nameWithin(packageRoot, await realpath(folder)))
  const replayed = trials.filter(({ isValid }) => isValid)
  await write(join(folder, 'likeness.json'), `${JSON.stringify(verdict, null, 2)}\n`)
  const assets = await readAssets('replay-client.js')
  await write(join(folder, 'replay.html'), renderReplayPage(verdict, record.stored, replayed, assets))
  return { verdict, stored: record.stored, replayed }
}

/** One in which nothing was broken has no curve, and is told of as invalid. */
function comparedTrial({ manifest, analysis, events, probes }: AnalysedRun['trials'][number]): ReplayedTrial {
  const { validity } = analysis
  return {
    name: `trial-${manifest.plan.trial}`,
    curve: errorCurveOf({ plan: manifest.plan, events }, probes, analysis) ?? NO_CURVE,
    bracketMs: bracketMsOf(analysis),
    isValid: validity.status === 'valid',
    reasons:
      validity.status === 'valid' ? [] : validity.reasons.map(({ text, advice }) => `${text} ${advice}`),
  }
}

const NO_CURVE = { badMs: [], periodMs: 0, windows: [], watchedMs: 0 }

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

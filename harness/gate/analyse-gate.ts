import { existsSync } from 'node:fs'
import { readdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '../analysis/analyse.ts'
import { writeFailure } from '../history/write-failure.ts'
import { analyseRun, analyseTrials, nameWithin } from '../results/analyse-run.ts'
import { readGateRecord } from './gate-record.ts'
import { type GateVerdict, judgeGate } from './judge-gate.ts'
import type { SideName } from './side-images.ts'

/** What there is so far, judged; writes each trial's `analysis.json` and no verdict. */
export async function weighGate(folder: string, packageRoot: string) {
  const [record, base, candidate] = await Promise.all([
    readGateRecord(folder),
    trialsOf(folder, 'base', packageRoot),
    trialsOf(folder, 'candidate', packageRoot),
  ])
  const trials = { base, candidate }
  const results = nameWithin(packageRoot, await realpath(folder))
  return { trials, verdict: judgeGate({ record, trials, results }) }
}

/** Makes the gate's `verdict.json`, and all that a run has for each side, from what is stored: the same bytes each time. */
export async function analyseGate(folder: string, packageRoot: string): Promise<GateVerdict> {
  for (const side of ['base', 'candidate'] as const) {
    if (await hasTrials(join(folder, side))) await analyseRun(join(folder, side), packageRoot)
  }
  const { verdict } = await weighGate(folder, packageRoot)
  const path = join(folder, 'verdict.json')
  await writeFile(path, `${JSON.stringify(verdict, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
  return verdict
}

async function trialsOf(folder: string, side: SideName, packageRoot: string): Promise<Analysis[]> {
  const path = join(folder, side)
  if (!(await hasTrials(path))) return []
  const { trials } = await analyseTrials(path, packageRoot)
  return trials.map(({ analysis }) => analysis)
}

async function hasTrials(path: string): Promise<boolean> {
  return existsSync(path) && (await readdir(path)).some(name => /^trial-\d+$/.test(name))
}

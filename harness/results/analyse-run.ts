import { readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { analyse } from '../analysis/analyse.ts'
import { probesOf } from '../analysis/probes.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { readEvents } from '../history/event-log.ts'
import { readProbes } from '../history/sample-file.ts'
import { writeFailure } from '../history/write-failure.ts'
import { type ReportAssets, type ReportedTrial, renderReport } from '../report/html-report.ts'
import { judge, type VerdictDocument } from '../verdict/judge.ts'
import type { Manifest } from './manifest.ts'

export interface AnalysedRun {
  readonly verdict: VerdictDocument
  readonly trials: readonly (ReportedTrial & { readonly manifest: Manifest })[]
}

/**
 * Makes `analysis.json`, `verdict.json` and `report.html` from a run's raw history. Nothing but the folder
 * goes in, so that the same folder gives the same bytes. Errors: RESULTS_UNREADABLE, DISK_FULL, RESULTS_UNWRITABLE.
 */
export async function analyseRun(folder: string, packageRoot: string): Promise<AnalysedRun> {
  const { verdict, trials } = await analyseTrials(folder, packageRoot)
  await writeJson(join(folder, 'verdict.json'), verdict)
  await writeText(join(folder, 'report.html'), renderReport(verdict, trials, await readAssets('client.js')))
  return { verdict, trials }
}

/** The trials that there are so far, each with its `analysis.json` written. Errors: as above. */
export async function analyseTrials(folder: string, packageRoot: string) {
  const trials = []
  for (const name of await trialFolders(folder)) {
    const path = join(folder, name)
    const manifest = await readManifest(path)
    const [events, samples] = await Promise.all([
      readEvents(join(path, 'events.ndjson')),
      readProbes(join(path, 'samples.bin')),
    ])
    const analysis = analyse({ plan: manifest.plan, events, samples })
    await writeJson(join(path, 'analysis.json'), analysis)
    trials.push({ manifest, analysis, events, probes: probesOf(samples) })
  }
  const [first] = trials
  if (!first) throw new ZonefallError('RESULTS_UNREADABLE', `${folder} holds no trial that was begun.`)
  const { plan, system } = first.manifest
  const verdict = judge({
    experiment: plan.experiment,
    system: system.project,
    seed: plan.seed,
    slos: plan.slos,
    wanted: plan.trials,
    trials: trials.map(({ analysis }) => analysis),
    results: nameWithin(packageRoot, await realpath(folder)),
  })
  return { verdict, trials }
}

/** `results/…` for a folder of ours, the whole path for one elsewhere. */
export function nameWithin(packageRoot: string, folder: string): string {
  const name = relative(packageRoot, folder)
  return name.startsWith('..') ? folder : name
}

/** What goes into a page with charts; `client` is the script in `harness/report/` that draws them. */
export async function readAssets(client: string): Promise<ReportAssets> {
  const read = (url: string) => readFile(fileURLToPath(url), 'utf8')
  const [chartLibrary, chartStyle, script] = await Promise.all([
    read(import.meta.resolve('uplot/dist/uPlot.iife.min.js')),
    read(import.meta.resolve('uplot/dist/uPlot.min.css')),
    read(new URL(`../report/${client}`, import.meta.url).href),
  ])
  return { chartLibrary, chartStyle, client: script }
}

async function trialFolders(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new ZonefallError('RESULTS_UNREADABLE', `${folder} cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  })
  return names
    .filter(name => /^trial-\d+$/.test(name))
    .sort((a, b) => Number(a.slice('trial-'.length)) - Number(b.slice('trial-'.length)))
}

async function readManifest(path: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as Manifest
  } catch (error) {
    throw new ZonefallError('RESULTS_UNREADABLE', `${path} has no readable manifest: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeText(
    path,
    `${JSON.stringify(value, null, 2)}
`,
  )
}

async function writeText(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

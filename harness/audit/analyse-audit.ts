import { existsSync } from 'node:fs'
import { readdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { frameOf } from '../analysis/frame.ts'
import { readEvents } from '../history/event-log.ts'
import { writeFailure } from '../history/write-failure.ts'
import { renderAuditPage } from '../report/audit-page.ts'
import { analyseRun, nameWithin } from '../results/analyse-run.ts'
import { readAuditRecord } from './audit-record.ts'
import { cellsOf } from './cells.ts'
import { heldOf } from './held.ts'
import { type AuditVerdict, judgeAudit, type TriedCell } from './judge-audit.ts'

/** Makes `verdict.json` and `report.html` of an audit, and of each of its trials, from what is stored: the same bytes each time. */
export async function analyseAudit(folder: string, packageRoot: string): Promise<AuditVerdict> {
  const record = await readAuditRecord(folder)
  const tried = new Map<string, TriedCell>()
  for (const cell of cellsOf(record)) {
    const path = join(folder, cell.folder)
    const trials = await trialsOf(path)
    if (trials.length === 0 || trials.some(({ isWhole }) => !isWhole)) continue
    tried.set(cell.folder, await triedCell(path, packageRoot))
  }
  const results = nameWithin(packageRoot, await realpath(folder))
  const verdict = judgeAudit({ record, tried, results })
  await write(join(folder, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`)
  await write(join(folder, 'report.html'), renderAuditPage(verdict))
  return verdict
}

/** The last trial counts: others are made only where those before could not be judged. */
export async function triedCell(path: string, packageRoot: string): Promise<TriedCell> {
  const { trials } = await analyseRun(path, packageRoot)
  const last = trials.at(-1)
  if (!last) throw new RangeError(`no trial in ${path}`)
  const { analysis, events, manifest, probes } = last
  const frame = frameOf({ plan: manifest.plan, events }, probes)
  return {
    analysis,
    held: frame && heldOf(frame),
    tookMs: Math.round((events.at(-1)?.atUs ?? 0) / 1000),
  }
}

/** A cell's trials so far, in order, and which of them were carried to their end. */
export async function trialsOf(path: string): Promise<{ name: string; isWhole: boolean }[]> {
  if (!existsSync(path)) return []
  const names = (await readdir(path)).filter(name => /^trial-\d+$/.test(name)).sort()
  return Promise.all(names.map(async name => ({ name, isWhole: await isWhole(join(path, name)) })))
}

async function isWhole(trial: string): Promise<boolean> {
  const path = join(trial, 'events.ndjson')
  if (!existsSync(path)) return false
  return (await readEvents(path)).some(event => event.type === 'phase' && event.phase === 'done')
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

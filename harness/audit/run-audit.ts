import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '../analysis/analyse.ts'
import type { ContainerState } from '../docker/containers.ts'
import { findFault } from '../faults/catalogue.ts'
import { writeFailure } from '../history/write-failure.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import { makeManifest } from '../results/manifest.ts'
import { runTrial } from '../run/trial.ts'
import { type RunningSystem, type SystemRequest, withSystem } from '../run/with-system.ts'
import { trialsOf, triedCell } from './analyse-audit.ts'
import type { AuditRecord } from './audit-record.ts'
import { hasRoom } from './budget.ts'
import { type Cell, cellsOf } from './cells.ts'
import type { Component } from './component.ts'
import { type CellVerdict, judgeCell } from './judge-cell.ts'
import { planCell } from './plan-cell.ts'
import { quietly } from './quiet-observer.ts'
import { settle } from './settle.ts'

export interface AuditRequest extends Omit<SystemRequest, 'dropped' | 'targets' | 'replaced' | 'afterwards'> {
  readonly components: readonly Component[]
  readonly faults: readonly string[]
  /** Opens the audit's folder, when the system is up; its record says what is to be done in it. */
  readonly open: (running: readonly Component[]) => Promise<{ path: string; record: AuditRecord }>
  readonly packageRoot: string
  /** The command that has the same audit again, for the manifests. */
  readonly rerun: string
  /** `null`: as long as it takes. */
  readonly budgetMs: number | null
  readonly nowMs: () => number
}

const HEALTHY_LIMIT_MS = 10_000

/**
 * System up, one cell after another, system down; leaves a history for each in the audit's folder. Cells that
 * have one already are passed over. Errors: those of `withSystem`.
 */
export async function runAudit(request: AuditRequest): Promise<void> {
  const { components, faults, engine, project, nowMs } = request
  const startedMs = nowMs()
  const targets = components.filter(({ kind }) => kind === 'container').flatMap(({ members }) => members)
  const replaced = faults.some(fault => findFault(fault).leaves !== undefined) ? targets : []
  await withSystem({ ...request, dropped: [], targets, replaced, afterwards: 'remove' }, async system => {
    const running = runningOf(components, await engine.containers.list(project.name))
    const { path, record } = await request.open(running)
    const cells = await untried(cellsOf(record), path, request.packageRoot)
    const trialsMs: number[] = []
    for (const [index, cell] of cells.entries()) {
      const beganMs = nowMs()
      if (!hasRoom({ budgetMs: request.budgetMs, spentMs: beganMs - startedMs, trialsMs })) break
      const name = `[${index + 1}/${cells.length}] ${cell.component.name} ${cell.fault}`
      request.observer.step(`${name} …`)
      const verdict = await tryCell(cell, join(path, cell.folder), record, system, request)
      trialsMs.push(nowMs() - beganMs)
      request.observer.remark(
        `${name}: ${verdict.word} (${((nowMs() - beganMs) / 1000).toFixed(1)} s). ${verdict.reason}`,
      )
    }
  })
}

/** An init job that has done its work is no component: breaking it breaks nothing. */
function runningOf(components: readonly Component[], containers: readonly ContainerState[]): Component[] {
  const isRunning = ({ service, number }: Component['members'][number]) =>
    containers.some(one => one.service === service && one.number === number && one.status === 'running')
  return components
    .map(component => ({
      ...component,
      members: component.members.filter(isRunning),
      peers: component.peers.filter(isRunning),
    }))
    .filter(({ members }) => members.length > 0)
}

/** Those without a trial that was carried to its end and not disturbed; what was cut short is set aside. */
async function untried(cells: readonly Cell[], path: string, packageRoot: string): Promise<Cell[]> {
  const left: Cell[] = []
  for (const cell of cells) {
    const trials = await trialsOf(join(path, cell.folder))
    for (const { name, isWhole } of trials)
      if (!isWhole) await rename(join(path, cell.folder, name), freePath(join(path, cell.folder)))
    const isTried = trials.some(({ isWhole }) => isWhole)
    if (!isTried || isDisturbed((await triedCell(join(path, cell.folder), packageRoot)).analysis))
      left.push(cell)
  }
  return left
}

function freePath(folder: string): string {
  for (let number = 1; ; number += 1) {
    const path = join(folder, `cut-short-${number}`)
    if (!existsSync(path)) return path
  }
}

/** A fault that was withheld costs its cell 3 s only. */
const MOST_TRIALS = 3

/** What a repeat may mend: the machine was at fault, not the system or what is known of it. */
const WORTH_A_REPEAT = new Set([
  'probes-unsent',
  'probes-missing',
  'too-few-probes',
  'baseline-not-clean',
  'baseline-not-steady',
  'nothing-broken',
  'clock-drifted',
])

function isDisturbed({ validity }: Analysis): boolean {
  return validity.status === 'invalid' && validity.reasons.every(({ code }) => WORTH_A_REPEAT.has(code))
}

/** One trial, and others as long as none can be judged for a reason that may pass. */
async function tryCell(
  cell: Cell,
  path: string,
  record: AuditRecord,
  system: RunningSystem,
  request: AuditRequest,
): Promise<CellVerdict> {
  const first = (await trialsOf(path)).length + 1
  for (let trial = first; ; trial += 1) {
    await tryOnce(cell, trial, path, { record, system, request })
    const { analysis, held } = await triedCell(path, request.packageRoot)
    if (!isDisturbed(analysis) || trial === first + MOST_TRIALS - 1) return judgeCell(analysis, held)
  }
}

async function tryOnce(
  cell: Cell,
  trial: number,
  path: string,
  {
    record,
    system: { url, journal },
    request,
  }: { record: AuditRecord; system: RunningSystem; request: AuditRequest },
): Promise<void> {
  const { engine, project, signal, observer, packageRoot, rerun } = request
  const ailing = await settle({ engine, project: project.name, limitMs: HEALTHY_LIMIT_MS, signal })
  if (ailing.length > 0) observer.remark(`Not healthy again: ${ailing.join(', ')}.`) // the baseline decides
  // Containers may have been restarted, and so moved to other addresses, by the trial before.
  const containers = await engine.containers.list(project.name)
  const plan = planCell(cell, trial, record, { containers, keys: record.keys, url })
  const folder = join(path, `trial-${trial}`)
  const manifest = makeManifest({
    plan,
    project,
    engine: engine.info,
    packageRoot,
    rerun,
    dropped: [],
    startedAt: new Date(),
  })
  const manifestPath = join(folder, 'manifest.json')
  await mkdir(join(folder, 'logs'), { recursive: true }).catch((error: unknown) => {
    throw writeFailure(folder, error)
  })
  await writeFile(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(manifestPath, error)
  })
  await runTrial({
    plan,
    project: project.name,
    engine,
    containers,
    references: containers.map(container => referenceOf(container, record.keys)),
    folder,
    journal,
    observer: quietly(observer),
    signal,
  })
}

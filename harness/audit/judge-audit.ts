import type { Analysis } from '../analysis/analyse.ts'
import { type FlatMetrics, flatten } from '../verdict/flatten.ts'
import type { Status } from '../verdict/status.ts'
import type { AuditRecord } from './audit-record.ts'
import { type Cell, cellsOf } from './cells.ts'
import type { Held } from './held.ts'
import { type CellVerdict, judgeCell, RULE, type Word } from './judge-cell.ts'

/** The shape of an audit's `verdict.json` and of `--json`, which others build on. */
export interface AuditVerdict {
  readonly schema: 1
  readonly kind: 'audit'
  /** `fail`: a single point of failure that nobody accepted. */
  readonly status: Exclude<Status, 'invalid'>
  readonly reasons: readonly string[]
  readonly system: string
  readonly seed: number
  readonly faults: readonly string[]
  readonly rule: typeof RULE & {
    readonly holdMs: number
    readonly steadyWindowMs: number
    readonly recoveryMs: number
  }
  readonly components: readonly AuditedComponent[]
  /** What was not tried: the budget or the audit was over before. */
  readonly left_out: readonly { readonly component: string; readonly fault: string }[]
  readonly results: string
}

export interface AuditedComponent {
  readonly component: string
  readonly kind: 'container' | 'zone'
  readonly containers: readonly string[]
  /** Why its loss is lived with; `null` when nobody said so. */
  readonly accepted: string | null
  readonly cells: readonly AuditedCell[]
}

export interface AuditedCell extends CellVerdict {
  readonly fault: string
  /** While the fault held; `null` when nothing was broken. */
  readonly held: Held | null
  readonly metrics: FlatMetrics
  /** From the trial's first moment to its last. */
  readonly took_ms: number
  /** Within the audit's folder. */
  readonly folder: string
}

/** A trial that was carried to its end. */
export interface TriedCell {
  readonly analysis: Analysis
  readonly held: Held | null
  readonly tookMs: number
}

export interface AuditCase {
  readonly record: AuditRecord
  readonly tried: ReadonlyMap<Cell['folder'], TriedCell>
  readonly results: string
}

export function judgeAudit({ record, tried, results }: AuditCase): AuditVerdict {
  const cells = cellsOf(record)
  const judged = judgeInOrder(cells, tried)
  const components = record.components.map(
    ({ name, kind, members }): AuditedComponent => ({
      component: name,
      kind,
      containers: members.map(({ service, number }) => `${service}-${number}`),
      accepted: record.accepted[name] ?? null,
      cells: cells
        .filter(({ component }) => component.name === name)
        .flatMap(({ folder }) => judged.get(folder) ?? []),
    }),
  )
  const { holdMs, steadyWindowMs, recoveryMs } = record.timing
  const left = cells.filter(({ folder }) => !judged.has(folder))
  return {
    schema: 1,
    kind: 'audit',
    ...conclude(components),
    system: record.system,
    seed: record.seed,
    faults: record.faults,
    rule: { ...RULE, holdMs, steadyWindowMs, recoveryMs },
    components,
    left_out: left.map(({ component, fault }) => ({ component: component.name, fault })),
    results,
  }
}

/** A peer that once carried traffic and carried none when a later trial began had not recovered: that says nothing of its target. */
function judgeInOrder(cells: readonly Cell[], tried: AuditCase['tried']): Map<Cell['folder'], AuditedCell> {
  const carried = new Set<string>()
  const judged = new Map<Cell['folder'], AuditedCell>()
  for (const { fault, folder } of cells) {
    const cell = tried.get(folder)
    if (!cell) continue
    const before = Object.entries(cell.analysis.metrics.share.value?.before ?? {})
    const missing = before.filter(([name, share]) => share === 0 && carried.has(name)).map(([name]) => name)
    for (const [name, share] of before) if (share > 0) carried.add(name)
    const verdict = judgeCell(cell.analysis, cell.held)
    judged.set(folder, {
      fault,
      ...(missing.length > 0 && verdict.word !== 'redundant' ? notRecovered(missing) : verdict),
      held: cell.held,
      metrics: flatten(cell.analysis.metrics),
      took_ms: cell.tookMs,
      folder,
    })
  }
  return judged
}

function notRecovered(missing: readonly string[]): CellVerdict {
  const reason = `${missing.join(' and ')} had carried traffic before, and carried none when this began: it had not recovered from an earlier fault.`
  return { word: 'inconclusive', reason }
}

/** What is accepted decides nothing any more, whichever word it has. */
function conclude(components: readonly AuditedComponent[]): Pick<AuditVerdict, 'status' | 'reasons'> {
  const named = components.filter(({ accepted }) => accepted === null).flatMap(cellsWithNames)
  const count = (word: Word) => named.filter(({ cell }) => cell.word === word)
  const [spofs, unknown] = [count('SPOF'), count('inconclusive')]
  const tell = ({ name, cell }: (typeof named)[number]) =>
    `${name} ${cell.fault}: ${cell.word}: ${cell.reason}`
  const isEmpty = components.every(({ cells }) => cells.length === 0)
  const nothing = isEmpty ? ['Nothing was tried.'] : []
  return {
    status: spofs.length > 0 ? 'fail' : unknown.length > 0 || isEmpty ? 'inconclusive' : 'pass',
    reasons: [...spofs.map(tell), ...unknown.map(tell), ...nothing],
  }
}

function cellsWithNames({ component, cells }: AuditedComponent) {
  return cells.map(cell => ({ name: component, cell }))
}

import pc from 'picocolors'
import type { Analysis } from '../analysis/analyse.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import type { Status, VerdictDocument } from '../verdict/judge.ts'
import { tableLines } from './table.ts'
import { bracketed, grouped, ms, sentence, shown } from './words.ts'

export interface SummarisedRun {
  readonly verdict: VerdictDocument
  readonly trials: readonly { readonly manifest: { readonly plan: TrialPlan }; readonly analysis: Analysis }[]
}

type Colours = ReturnType<typeof pc.createColors>
type Shades = Record<Status, (text: string) => string>

/** More would not fit on a line of a terminal. */
const SIDE_BY_SIDE = 3

/** The table at the end, runs side by side; of several trials the last one's values, the verdict over all. Lines of text. */
export function renderSummary(runs: readonly SummarisedRun[], { colour }: { colour: boolean }): string[] {
  const colours = pc.createColors(colour)
  const shades: Shades = {
    pass: colours.green,
    fail: colours.red,
    inconclusive: colours.yellow,
    invalid: colours.yellow,
  }
  const tables = Array.from({ length: Math.ceil(runs.length / SIDE_BY_SIDE) }, (_, index) =>
    tableOf(runs.slice(index * SIDE_BY_SIDE, (index + 1) * SIDE_BY_SIDE), colours, shades),
  )
  return ['', ...tables.flatMap(lines => [...lines, '']), ...runs.flatMap(run => explain(run, shades))]
}

function tableOf(runs: readonly SummarisedRun[], colours: Colours, shades: Shades): string[] {
  const rows: string[][] = []
  const row = (name: string, cell: (run: SummarisedRun) => string) => rows.push([name, ...runs.map(cell)])
  const metric = (name: string, cell: (analysis: Analysis) => string) =>
    row(name, ({ trials }) => {
      const last = trials.at(-1)
      return last ? cell(last.analysis) : '–'
    })
  row('', ({ verdict }) => colours.bold(verdict.experiment))
  row('verdict', ({ verdict }) => shades[verdict.status](verdict.status.toUpperCase()))
  metric('error window', ({ metrics }) => shown(metrics.error_window_ms, bracketed))
  metric('outage', ({ metrics }) => shown(metrics.outage_ms, ms))
  metric('degraded', ({ metrics }) => shown(metrics.degraded_ms, ms))
  metric('lost probes', ({ metrics }) =>
    shown(metrics.lost_requests, count => lostProbes(count, metrics.lost_in_flight.value)),
  )
  metric('detection', ({ metrics }) => shown(metrics.detection_ms, bracketed))
  metric('recovery', ({ metrics }) => shown(metrics.recovery_ms, ms))
  metric('flaps', ({ metrics }) => shown(metrics.flaps, grouped))
  metric('capacity restored', ({ metrics }) => shown(metrics.capacity_restored_ms, ms))
  metric('p99 before/during/after', ({ metrics }) =>
    shown(metrics.p99_ms, ({ before, during, after }) =>
      [before, during, after].map(value => (value === null ? '–' : ms(value))).join(' / '),
    ),
  )
  for (const index of peerIndexes(runs)) {
    row(index === 0 ? 'share before → during' : '', run => shareOf(run, index))
  }
  return tableLines(rows)
}

function lostProbes(count: number, inFlight: number | null): string {
  return count === 0 || inFlight === null
    ? grouped(count)
    : `${grouped(count)} (${grouped(inFlight)} in flight)`
}

function peerIndexes(runs: readonly SummarisedRun[]): number[] {
  const most = Math.max(0, ...runs.map(run => shareLines(run).length))
  return Array.from({ length: most }, (_, index) => index)
}

function shareOf(run: SummarisedRun, index: number): string {
  return shareLines(run)[index] ?? ''
}

function shareLines({ trials }: SummarisedRun): string[] {
  const share = trials.at(-1)?.analysis.metrics.share.value
  if (!share) return []
  const percent = (value = 0) => `${(100 * value).toFixed(0)} %`
  return Object.keys(share.before).map(
    name => `${name} ${percent(share.before[name])} → ${percent(share.during[name])}`,
  )
}

/** A sentence for each trial, then what failed or could not be measured, each with its reason. */
function explain(
  { verdict, trials }: SummarisedRun,
  shades: Record<Status, (text: string) => string>,
): string[] {
  const sentences = trials.map(({ manifest, analysis }) => sentence(manifest.plan, analysis))
  const judged = verdict.slos.map(
    ({ rule, status, observed, reason }) =>
      `  ${shades[status](status.padEnd(12))} ${rule}${observed === null ? '' : `  (observed ${observed})`}${status === 'inconclusive' ? `  ${reason}` : ''}`,
  )
  const last = trials.at(-1)?.analysis
  const dashes = last?.validity.status === 'valid' ? unmeasured(last.metrics) : []
  return [
    `${verdict.experiment}:`,
    ...sentences.map(text => `  ${text}`),
    ...judged,
    ...dashes,
    `  ${verdict.proves}`,
    '',
  ]
}

/** Metrics that could not be measured, those of one reason together. */
function unmeasured(metrics: Analysis['metrics']): string[] {
  const byReason = new Map<string, string[]>()
  for (const [name, measured] of Object.entries(metrics)) {
    if ('reason' in measured) byReason.set(measured.reason, [...(byReason.get(measured.reason) ?? []), name])
  }
  return [...byReason].map(([reason, names]) => `  not measured: ${names.join(', ')}: ${reason}`)
}

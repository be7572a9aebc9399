import pc from 'picocolors'
import type { Finding, MetricComparison } from '../comparison/compare-sides.ts'
import type { GateVerdict } from '../gate/judge-gate.ts'
import type { Status } from '../verdict/status.ts'
import { tableLines } from './table.ts'
import { grouped, ms } from './words.ts'

const HEADING = ['metric', 'base', 'candidate', 'times', 'by chance', 'trials each', '']

/** A gate's end for people who know no statistics: a table, what its columns mean, and the SLOs. Lines of text. */
export function renderGateSummary(gate: GateVerdict, { colour }: { colour: boolean }): string[] {
  const colours = pc.createColors(colour)
  const shades: Record<Status, (text: string) => string> = {
    pass: colours.green,
    fail: colours.red,
    inconclusive: colours.yellow,
    invalid: colours.yellow,
  }
  const findings: Record<Finding, (text: string) => string> = {
    'no regression': colours.green,
    regression: colours.red,
    suspected: colours.yellow,
    'not compared': colours.yellow,
  }
  const rows = gate.comparison.metrics.map(metric => [
    ...cellsOf(metric),
    findings[metric.finding](metric.finding),
  ])
  const slos = gate.slos.map(
    ({ rule, status, observed }) =>
      `  ${shades[status](status.padEnd(12))} ${rule}${observed === null ? '' : `  (the candidate: ${observed})`}`,
  )
  return [
    '',
    `${gate.experiment}: this tree against ${gate.baseline}: ${shades[gate.status](gate.status.toUpperCase())}`,
    '',
    ...tableLines([HEADING, ...rows], ['left', 'right', 'right', 'right', 'right', 'right']),
    '',
    ...(gate.comparison.metrics.some(({ chance }) => chance !== null) ? WHAT_IT_MEANS : []),
    ...slos,
    ...gate.reasons.map(reason => `  ${reason}`),
    `  ${gate.proves}`,
    '',
  ]
}

const WHAT_IT_MEANS = [
  '  base, candidate: the middle value of the trials. times: how many times the base’s the candidate’s typically is;',
  '  for that, what is less than a trial can tell from none counts as the least that it can (for times: one probe).',
  '  by chance: how likely a rise like this is if both were the same. A metric is suspected when it is more than 1.1',
  '  times the base’s and chance gives that in fewer than 1 of 20 cases. Each side then has as many trials again, and',
  '  it counts as a regression when chance gives that in fewer than 1 of 100 cases (shared among the metrics).',
  '',
]

function cellsOf({
  metric,
  base,
  candidate,
  ratio,
  chance,
  trials_each: trials,
}: MetricComparison): string[] {
  return [
    metric,
    shownAs(metric, base),
    shownAs(metric, candidate),
    chance === null ? '–' : ratio === null ? 'far above' : ratio.toFixed(2),
    chance === null ? '–' : percent(chance),
    String(trials),
  ]
}

function shownAs(metric: string, value: number | null): string {
  if (value === null) return '–'
  return metric.endsWith('_ms') ? ms(value) : grouped(value)
}

function percent(chance: number): string {
  const value = 100 * chance
  return value < 0.1 ? '< 0.1 %' : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} %`
}

import pc from 'picocolors'
import type { AuditedCell, AuditedComponent, AuditVerdict } from '../audit/judge-audit.ts'
import type { Word } from '../audit/judge-cell.ts'
import { tableLines } from './table.ts'
import { ms } from './words.ts'

const HEADING = ['component', 'fault', 'error window', 'recovery', 'lost while held', '']

/** An audit's end for people: the matrix, a line for what is not redundant, what was left out. Lines of text. */
export function renderAuditSummary(audit: AuditVerdict, { colour }: { colour: boolean }): string[] {
  const colours = pc.createColors(colour)
  const shades: Record<Word, (text: string) => string> = {
    redundant: colours.green,
    degraded: colours.yellow,
    SPOF: colours.red,
    inconclusive: colours.yellow,
  }
  const statuses = { pass: colours.green, fail: colours.red, inconclusive: colours.yellow }
  const rows = audit.components.flatMap(component =>
    component.cells.map((cell, index) => [
      index === 0 ? component.component : '',
      ...cellsOf(cell),
      shades[cell.word](cell.word) +
        (cell.word === 'SPOF' && component.accepted !== null ? ' (accepted)' : ''),
    ]),
  )
  return [
    '',
    `${audit.system}: ${statuses[audit.status](audit.status.toUpperCase())}`,
    '',
    ...tableLines([HEADING, ...rows], ['left', 'left', 'right', 'right', 'right']),
    '',
    ...audit.components.flatMap(remarks),
    ...leftOut(audit),
    `  ${whatWasFound(audit)}`,
    '',
  ]
}

/** How many of each word, in a sentence. */
export function whatWasFound({ components }: AuditVerdict): string {
  const cells = components.flatMap(component => component.cells)
  const count = (word: Word) => cells.filter(cell => cell.word === word).length
  const spofs = components.filter(({ cells }) => cells.some(({ word }) => word === 'SPOF'))
  const names = spofs.map(({ component, accepted }) => (accepted ? `${component} (accepted)` : component))
  return (
    `${cells.length} tried: ${count('redundant')} redundant, ${count('degraded')} degraded, ${count('SPOF')} SPOF, ` +
    `${count('inconclusive')} inconclusive. Single points of failure: ${names.join(', ') || 'none found'}.`
  )
}

function cellsOf({ fault, metrics, held }: AuditedCell): string[] {
  return [
    fault,
    timeOf(metrics.error_window_ms?.value ?? null, metrics.error_window_ms_at_least),
    timeOf(metrics.recovery_ms, metrics.recovery_ms_at_least),
    held?.lostShare === null || held === null ? '–' : `${(100 * held.lostShare).toFixed(0)} %`,
  ]
}

/** `≥` when the trial ended first. */
export function timeOf(value: number | null, atLeast: number | undefined): string {
  if (value !== null) return ms(value)
  return atLeast === undefined ? '–' : `≥ ${ms(atLeast)}`
}

function remarks({ component, accepted, cells }: AuditedComponent): string[] {
  const told = cells.filter(({ word }) => word !== 'redundant')
  return [
    ...told.map(({ fault, word, reason }) => `  ${component} ${fault}: ${word}: ${reason}`),
    ...(accepted === null ? [] : [`  ${component} is accepted: ${accepted}`]),
  ]
}

function leftOut({ left_out: left }: AuditVerdict): string[] {
  if (left.length === 0) return []
  const byComponent = Map.groupBy(left, ({ component }) => component)
  const list = [...byComponent].map(
    ([name, cells]) => `${name} (${cells.map(({ fault }) => fault).join(', ')})`,
  )
  return [`  Left out, since the audit was over before: ${list.join(', ')}. \`--resume\` goes on with them.`]
}

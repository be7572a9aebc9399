import { COLUMNS } from './columns.ts'
import type { StatsRow } from './rows.ts'

/** As HAProxy writes it: `# ` before the names, a comma after the last cell too. */
export function statsCsv(rows: readonly StatsRow[]): string {
  const lines = rows.map(row => COLUMNS.map(column => cell(row[column])).join(','))
  return `# ${[COLUMNS.join(','), ...lines].join(',\n')},\n`
}

/** Quoted only where it would be read as something else. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? '')
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

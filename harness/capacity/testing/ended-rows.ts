import { OUTCOMES, type Outcome, STREAMS } from '../../history/sample.ts'
import { emptyColumns, NEVER_SENT_US, type SampleColumns } from '../../history/sample-row.ts'

export interface EndedRow {
  readonly dueUs: number
  readonly latencyMs: number
  readonly outcome: Outcome
  readonly stream?: (typeof STREAMS)[number]
  readonly instance?: number
}

/** For tests: what came of requests, as columns. */
export function endedRows(rows: readonly EndedRow[]): SampleColumns {
  const columns = emptyColumns(rows.length)
  for (const [index, { dueUs, latencyMs, outcome, stream = 'load', instance = 0 }] of rows.entries()) {
    columns.dueUs[index] = dueUs
    columns.sentUs[index] = outcome === 'unsent' ? NEVER_SENT_US : dueUs
    columns.endedUs[index] = dueUs + latencyMs * 1000
    columns.outcome[index] = OUTCOMES.indexOf(outcome)
    columns.stream[index] = STREAMS.indexOf(stream)
    columns.instance[index] = instance
  }
  return columns
}

/** So many a second, evenly, for so long, the first at `fromUs`; `become` says what comes of the n-th. */
export function evenRows(
  rate: number,
  seconds: number,
  fromUs: number,
  become: (n: number) => { readonly latencyMs: number; readonly outcome: Outcome },
): SampleColumns {
  const rows = Array.from({ length: Math.round(rate * seconds) }, (_, n) => ({
    dueUs: fromUs + (n * 1e6) / rate,
    ...become(n),
  }))
  return endedRows(rows)
}

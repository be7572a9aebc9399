import { orderByDue } from '../history/order-by-due.ts'
import { OUTCOMES, STREAMS } from '../history/sample.ts'
import { NEVER_SENT_US, type SampleColumns } from '../history/sample-row.ts'

/** A trial's probes in the order of their due times. The file has them in the order in which they ended. */
export interface Probes {
  readonly length: number
  readonly dueUs: Uint32Array
  readonly sentUs: Uint32Array
  readonly endedUs: Uint32Array
  /** 1 good, 0 bad. */
  readonly good: Uint8Array
  /** Index into OUTCOMES. */
  readonly outcome: Uint8Array
  /** HTTP status, 0 when no status line arrived. */
  readonly status: Uint16Array
  readonly instance: Uint16Array
  /** Probes that were never sent are neither good nor bad: a gap. They are in here only, in order. */
  readonly unsentDueUs: Uint32Array
}

const PROBE = STREAMS.indexOf('probe')
const OK = OUTCOMES.indexOf('ok')
const UNSENT = OUTCOMES.indexOf('unsent')

/** Columns that hold sent probes alone, in order, are not copied: ten million rows are not there twice. */
export function probesOf(samples: SampleColumns): Probes {
  const { sent, unsent } = rowsOf(samples)
  const isInOrder = sent.length === samples.length && isAscending(samples.dueUs)
  const columns = isInOrder ? samples : gatherAll(samples, orderByDue(sent, samples.dueUs))
  const good = new Uint8Array(columns.length)
  for (let index = 0; index < columns.length; index += 1) good[index] = columns.outcome[index] === OK ? 1 : 0
  return {
    length: columns.length,
    dueUs: columns.dueUs,
    sentUs: columns.sentUs,
    endedUs: columns.endedUs,
    good,
    outcome: columns.outcome,
    status: columns.status,
    instance: columns.instance,
    unsentDueUs: gather(samples.dueUs, unsent, new Uint32Array(unsent.length)).sort(),
  }
}

function isAscending(dueUs: Uint32Array): boolean {
  for (let index = 1; index < dueUs.length; index += 1)
    if ((dueUs[index] ?? 0) < (dueUs[index - 1] ?? 0)) return false
  return true
}

function gatherAll(samples: SampleColumns, rows: Uint32Array): Omit<Probes, 'good' | 'unsentDueUs'> {
  const { length } = rows
  return {
    length,
    dueUs: gather(samples.dueUs, rows, new Uint32Array(length)),
    sentUs: gather(samples.sentUs, rows, new Uint32Array(length)),
    endedUs: gather(samples.endedUs, rows, new Uint32Array(length)),
    outcome: gather(samples.outcome, rows, new Uint8Array(length)),
    status: gather(samples.status, rows, new Uint16Array(length)),
    instance: gather(samples.instance, rows, new Uint16Array(length)),
  }
}

/** The rows that hold probes. */
function rowsOf({ length, stream, outcome, sentUs }: SampleColumns): {
  sent: Uint32Array
  unsent: Uint32Array
} {
  const sent = new Uint32Array(length)
  const unsent: number[] = []
  let count = 0
  for (let row = 0; row < length; row += 1) {
    if (stream[row] !== PROBE) continue
    if (outcome[row] === UNSENT || sentUs[row] === NEVER_SENT_US) unsent.push(row)
    else {
      sent[count] = row
      count += 1
    }
  }
  return { sent: sent.subarray(0, count), unsent: Uint32Array.from(unsent) }
}

type Column = Uint32Array | Uint16Array | Uint8Array

/** A plain loop: at millions of rows `map` and `from` take many times as long. */
function gather<Into extends Column>(column: Column, rows: Uint32Array, into: Into): Into {
  for (let place = 0; place < rows.length; place += 1) into[place] = column[rows[place] ?? 0] ?? 0
  return into
}

/** An element that is known to be there. */
export function at(
  column: { readonly [index: number]: number; readonly length: number },
  index: number,
): number {
  const value = column[index]
  if (value === undefined) throw new RangeError(`no element ${index} of ${column.length}`)
  return value
}

/** The first index whose due time is not below `us`; `length` if there is none. */
export function firstDueFrom({ dueUs, length }: Probes, us: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(dueUs, middle) < us) low = middle + 1
    else high = middle
  }
  return low
}

/** From the due time, not from the sending: what a late prober hides counts too. */
export function latencyUs({ endedUs, dueUs }: Probes, index: number): number {
  return at(endedUs, index) - at(dueUs, index)
}

import { OUTCOMES, STREAMS } from '../history/sample.ts'
import { NEVER_SENT_US, type SampleColumns } from '../history/sample-row.ts'
import { orderByDue } from './order-by-due.ts'

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

export function probesOf(samples: SampleColumns): Probes {
  const { dueUs, sentUs, endedUs, outcome, instance } = samples
  const isUnsent = (row: number) => outcome[row] === UNSENT || sentUs[row] === NEVER_SENT_US
  const rows = rowsOf(samples)
  const sent = orderByDue(
    rows.filter(row => !isUnsent(row)),
    dueUs,
  )
  const unsentDueUs = rows.filter(isUnsent).map(row => at(dueUs, row))
  return {
    length: sent.length,
    dueUs: sent.map(row => at(dueUs, row)),
    sentUs: sent.map(row => at(sentUs, row)),
    endedUs: sent.map(row => at(endedUs, row)),
    good: Uint8Array.from(sent, row => (outcome[row] === OK ? 1 : 0)),
    outcome: Uint8Array.from(sent, row => at(outcome, row)),
    status: Uint16Array.from(sent, row => at(samples.status, row)),
    instance: Uint16Array.from(sent, row => at(instance, row)),
    unsentDueUs: unsentDueUs.sort(),
  }
}

function rowsOf({ length, stream }: SampleColumns): Uint32Array {
  const rows = new Uint32Array(length)
  let count = 0
  for (let row = 0; row < length; row += 1) {
    if (stream[row] !== PROBE) continue
    rows[count] = row
    count += 1
  }
  return rows.subarray(0, count)
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

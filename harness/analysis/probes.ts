import { OUTCOMES, STREAMS } from '../history/sample.ts'
import { NEVER_SENT_US, type SampleColumns } from '../history/sample-row.ts'

/** A trial's probes in the order of their due times. The file has them in the order in which they ended. */
export interface Probes {
  readonly length: number
  readonly dueUs: Float64Array
  readonly sentUs: Float64Array
  readonly endedUs: Float64Array
  /** 1 good, 0 bad. Probes that were never sent are neither: they are not in here, but counted in `unsent`. */
  readonly good: Uint8Array
  readonly instance: Uint16Array
  readonly unsent: number
}

const PROBE = STREAMS.indexOf('probe')
const OK = OUTCOMES.indexOf('ok')
const UNSENT = OUTCOMES.indexOf('unsent')

export function probesOf(samples: SampleColumns): Probes {
  const indexes: number[] = []
  let unsent = 0
  for (let index = 0; index < samples.length; index += 1) {
    if (samples.stream[index] !== PROBE) continue
    if (samples.outcome[index] === UNSENT || samples.sentUs[index] === NEVER_SENT_US) unsent += 1
    else indexes.push(index)
  }
  const { dueUs, sentUs, endedUs, outcome, instance } = samples
  const order = Uint32Array.from(indexes).sort(
    (a, b) => at(dueUs, a) - at(dueUs, b) || at(endedUs, a) - at(endedUs, b),
  )
  return {
    length: order.length,
    dueUs: Float64Array.from(order, index => at(dueUs, index)),
    sentUs: Float64Array.from(order, index => at(sentUs, index)),
    endedUs: Float64Array.from(order, index => at(endedUs, index)),
    good: Uint8Array.from(order, index => (outcome[index] === OK ? 1 : 0)),
    instance: Uint16Array.from(order, index => at(instance, index)),
    unsent,
  }
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
export function firstDueFrom(probes: Probes, us: number): number {
  let low = 0
  let high = probes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(probes.dueUs, middle) < us) low = middle + 1
    else high = middle
  }
  return low
}

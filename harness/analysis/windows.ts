import { at, firstDueFrom, type Probes } from './probes.ts'

/** A stretch of due time, and the indexes of the probes in it, from `from` to below `to`. */
export interface Window {
  readonly startUs: number
  readonly from: number
  readonly to: number
}

export interface Sweep {
  /** The first window begins here, whether or not a probe was due then; the next ones at each later probe's due time. */
  readonly startUs: number
  /** First probe of the first window, if not the first one due in it. */
  readonly from?: number
  readonly widthUs: number
  /** No window reaches beyond this. */
  readonly endUs: number
}

/** All windows of one width, each one probe later than the one before. */
export function* windowsOf(probes: Probes, { startUs, from, widthUs, endUs }: Sweep): Generator<Window> {
  const firstDue = firstDueFrom(probes, startUs)
  let to = firstDue
  for (let start = firstDue - 1; start < probes.length; start += 1) {
    const isFirst = start === firstDue - 1
    const beginUs = isFirst ? startUs : at(probes.dueUs, start)
    if (beginUs + widthUs > endUs) return
    while (to < probes.length && at(probes.dueUs, to) < beginUs + widthUs) to += 1
    yield { startUs: beginUs, from: isFirst ? (from ?? firstDue) : start, to }
  }
}

/** How many probes of any window have a property, in constant time. */
export type CountIn = (window: Window) => number

export function counterOf(probes: Probes, has: (index: number) => boolean): CountIn {
  const below = new Uint32Array(probes.length + 1)
  for (let index = 0; index < probes.length; index += 1) {
    below[index + 1] = (below[index] ?? 0) + (has(index) ? 1 : 0)
  }
  return ({ from, to }) => at(below, to) - at(below, from)
}

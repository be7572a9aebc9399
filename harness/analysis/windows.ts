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

/** How many probes of a window have a property. Asked of windows that only move forward, as `windowsOf` gives them. */
export type CountIn = (window: Window) => number

/** Keeps the count of one window only: each probe is looked at twice in a sweep, and nothing is stored of it. */
export function counterOf(has: (index: number) => boolean): CountIn {
  let from = 0
  let to = 0
  let count = 0
  return window => {
    if (window.from < from || window.to < to) throw new RangeError('a window that lies before the last one')
    for (; to < window.to; to += 1) if (has(to)) count += 1
    for (; from < window.from; from += 1) if (has(from)) count -= 1
    return count
  }
}

import type { Frame } from './frame.ts'
import { at } from './probes.ts'

const BIN_US = 100_000

export interface Lost {
  readonly requests: number
  readonly inFlight: number
  readonly total: number
}

/** Bad probes from the fault on: those that were in flight when it struck, and all. */
export function lost({ probes, firstTouched, fault }: Frame): Lost {
  let requests = 0
  let inFlight = 0
  for (let index = firstTouched; index < probes.length; index += 1) {
    if (probes.good[index]) continue
    requests += 1
    if (at(probes.sentUs, index) < fault.upperUs) inFlight += 1
  }
  return { requests, inFlight, total: probes.length - firstTouched }
}

/** Bins of 100 ms by due time, from the fault on: Σ of those with no good probe, and of those with some bad ones. */
export function outageAndDegraded({ probes, firstTouched, fault }: Frame): {
  outageMs: number
  degradedMs: number
} {
  const bins = new Map<number, { good: number; bad: number }>()
  for (let index = firstTouched; index < probes.length; index += 1) {
    const key = Math.floor((at(probes.dueUs, index) - fault.atUs) / BIN_US)
    const bin = bins.get(key) ?? { good: 0, bad: 0 }
    bins.set(key, bin)
    if (probes.good[index]) bin.good += 1
    else bin.bad += 1
  }
  let outage = 0
  let degraded = 0
  for (const { good, bad } of bins.values()) {
    if (bad > 0 && good === 0) outage += 1
    else if (bad > 0) degraded += 1
  }
  return { outageMs: (outage * BIN_US) / 1000, degradedMs: (degraded * BIN_US) / 1000 }
}

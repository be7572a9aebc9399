import type { Frame } from '../frame.ts'
import { at, firstDueFrom } from '../probes.ts'

const BIN_US = 100_000

export interface Bins {
  readonly outageMs: number
  readonly degradedMs: number
}

/**
 * Bins of 100 ms of due time, counted from the fault instant in both directions: Σ of those with bad probes
 * and no good one, and of those with both. Bad is what is put down to the fault; what was not sent says nothing.
 */
export function outageAndDegraded({ probes, bad, fault }: Frame): Bins {
  const binOf = (index: number) => Math.floor((at(probes.dueUs, index) - fault.atUs) / BIN_US)
  let outage = 0
  let degraded = 0
  let counted: number | undefined
  for (const index of bad) {
    const bin = binOf(index)
    if (bin === counted) continue
    counted = bin
    if (anyGoodDue(bin)) degraded += 1
    else outage += 1
  }
  return { outageMs: (outage * BIN_US) / 1000, degradedMs: (degraded * BIN_US) / 1000 }

  function anyGoodDue(bin: number): boolean {
    let index = firstDueFrom(probes, fault.atUs + bin * BIN_US)
    for (; index < probes.length && binOf(index) === bin; index += 1) if (probes.good[index]) return true
    return false
  }
}

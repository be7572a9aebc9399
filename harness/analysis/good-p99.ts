import { percentile } from './percentile.ts'
import { latencyUs, type Probes } from './probes.ts'

/** Over the good probes among those from one index to below another; `null` if there is none. */
export function goodP99Ms(probes: Probes, from: number, to: number): number | null {
  const latencies = new Uint32Array(Math.max(0, to - from))
  let count = 0
  for (let index = from; index < to; index += 1) {
    if (!probes.good[index]) continue
    latencies[count] = latencyUs(probes, index)
    count += 1
  }
  const us = percentile(latencies.subarray(0, count), 99)
  return us === null ? null : us / 1000
}

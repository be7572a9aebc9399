import { cpus } from 'node:os'

/** CPU time of all this machine's CPUs since it started, in ms. */
export interface CpuTimes {
  readonly idle: number
  readonly total: number
}

export function readCpuTimes(): CpuTimes {
  let [idle, total] = [0, 0]
  for (const { times } of cpus()) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { idle, total }
}

/** The share of it that was used between two readings, 0..1; 0 when they are too close to tell. */
export function busyShare(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total
  return total <= 0 ? 0 : 1 - (after.idle - before.idle) / total
}

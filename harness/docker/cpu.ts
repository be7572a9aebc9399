import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'

/** As the engine keeps them; 0 where nothing is set. It takes either a number of CPUs, or a quota (µs) in each period. */
export interface CpuLimits {
  readonly nanoCpus: number
  readonly quota: number
  readonly period: number
}

/** What the kernel takes where a quota is set and no period. */
export const DEFAULT_PERIOD_US = 100_000
/** An engine takes this for no quota, and 0 for "as it is". */
export const NO_QUOTA = -1

export async function readCpuLimits(docker: Dockerode, id: string): Promise<CpuLimits> {
  const { HostConfig } = await docker.getContainer(id).inspect()
  return {
    nanoCpus: HostConfig.NanoCpus ?? 0,
    quota: Math.max(HostConfig.CpuQuota ?? 0, 0),
    period: HostConfig.CpuPeriod ?? 0,
  }
}

/** By the same of the two as before: an engine refuses to set the one where the other is. */
export async function limitCpu(docker: Dockerode, id: string, limits: CpuLimits): Promise<void> {
  const { nanoCpus, quota } = limits
  await docker
    .getContainer(id)
    .update(nanoCpus > 0 ? { NanoCpus: nanoCpus } : { CpuQuota: quota || NO_QUOTA })
    .catch(unlessStatus(404))
}

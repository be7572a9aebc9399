import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'

/** Bytes; 0 where there is no limit. `withSwap` is memory and swap together. */
export interface MemoryLimits {
  readonly memory: number
  readonly withSwap: number
}

export interface MemoryUse {
  /** What its processes hold and the kernel cannot take back, as it could the page cache. */
  readonly heldBytes: number
  readonly limits: MemoryLimits
}

/**
 * An engine can change a limit, but not take it away. From here on a limit is none: no machine has as much, and
 * what is compared before and after takes it for none (inventory.ts).
 */
export const NO_LIMIT_BYTES = 2 ** 60

export async function readMemory(docker: Dockerode, id: string): Promise<MemoryUse> {
  const container = docker.getContainer(id)
  const [stats, { HostConfig }] = await Promise.all([
    container.stats({ stream: false, 'one-shot': true }) as Promise<Dockerode.ContainerStats>,
    container.inspect(),
  ])
  // cgroup v1 and v2 name it differently.
  const told = stats.memory_stats.stats as { total_rss?: number; anon?: number } | undefined
  const heldBytes = told?.total_rss ?? told?.anon
  if (heldBytes === undefined) throw new Error('the engine does not tell how much memory it uses')
  return { heldBytes, limits: { memory: HostConfig.Memory ?? 0, withSwap: HostConfig.MemorySwap ?? 0 } }
}

export async function limitMemory(docker: Dockerode, id: string, limits: MemoryLimits): Promise<void> {
  const asked = (bytes: number) => (bytes === 0 ? NO_LIMIT_BYTES : bytes)
  await docker
    .getContainer(id)
    .update({ Memory: asked(limits.memory), MemorySwap: asked(limits.withSwap) })
    .catch(unlessStatus(404))
}

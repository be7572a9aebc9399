import { pause } from '../clock/pause.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'

export interface SettleRequest {
  readonly engine: Pick<Engine, 'containers'>
  readonly project: string
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** A check that takes longer is tried again. */
const CHECK_LIMIT_MS = 5000

/**
 * Resolves when all containers run and pass their health checks, with none; after the limit with the names of those
 * that do not. The engine's word lags by up to a check's interval: where it does not say healthy, the check is run here.
 */
export async function settle({ engine, project, limitMs, signal }: SettleRequest): Promise<string[]> {
  const limit = AbortSignal.timeout(limitMs)
  for (;;) {
    const containers = await engine.containers.list(project)
    const fine = await Promise.all(containers.map(container => isFine(container, engine)))
    const ailing = containers.filter((_, index) => !fine[index]).map(({ name }) => name)
    if (ailing.length === 0 || limit.aborted) return ailing
    await pause(200, signal)
  }
}

async function isFine(
  { id, status, health, healthCheck, exitCode }: ContainerState,
  engine: Pick<Engine, 'containers'>,
): Promise<boolean> {
  if (status === 'exited') return exitCode === 0
  if (status !== 'running') return false
  if (health === 'healthy' || health === 'none' || healthCheck.length === 0) return true
  return (await engine.containers.exec(id, healthCheck, CHECK_LIMIT_MS)) === 0
}

import { pause } from '../clock/pause.ts'
import type { ContainerState, Containers } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'

/** A check that takes longer is tried again; the engine's own limit for it may be shorter or longer. */
const CHECK_LIMIT_MS = 5000

export interface ReadinessRequest {
  readonly engine: Pick<Engine, 'containers'>
  readonly project: string
  readonly limitMs: number
  readonly signal: AbortSignal
}

/**
 * Resolves when every container of the project runs and, where it has a health check, passes it. One that
 * exited with 0 is an init job that has done its work. Errors: SYSTEM_NOT_READY, with the last log lines.
 */
export async function waitUntilHealthy({
  engine,
  project,
  limitMs,
  signal,
}: ReadinessRequest): Promise<ContainerState[]> {
  const limit = AbortSignal.timeout(limitMs)
  for (;;) {
    const containers = await engine.containers.list(project)
    const failed = containers.find(hasFailed)
    const waitingFor = failed ? [] : await notYetReady(containers, engine)
    if (!failed && waitingFor.length === 0 && containers.length > 0) return containers
    if (failed || limit.aborted) {
      throw await notReady(engine, failed ?? waitingFor[0], limitMs)
    }
    await pause(100, signal)
  }
}

/**
 * The engine runs a health check for the first time when its interval has passed, which may be half a
 * minute: we run the same command inside the container at once, and take its success for what it is.
 */
async function notYetReady(
  containers: readonly ContainerState[],
  engine: Pick<Engine, 'containers'>,
): Promise<ContainerState[]> {
  const ready = await Promise.all(containers.map(container => isReadyNow(container, engine)))
  return containers.filter((_, index) => !ready[index])
}

/** By its health check, run at once if the engine has not run it yet; without one, by running. */
export async function isReadyNow(
  container: ContainerState,
  engine: { readonly containers: Pick<Containers, 'exec'> },
): Promise<boolean> {
  if (isReady(container)) return true
  const { status, health, healthCheck, id } = container
  if (status !== 'running' || health !== 'starting' || healthCheck.length === 0) return false
  return (await engine.containers.exec(id, healthCheck, CHECK_LIMIT_MS)) === 0
}

function isReady({ status, health, exitCode }: ContainerState): boolean {
  if (status === 'exited') return exitCode === 0
  return status === 'running' && (health === 'healthy' || health === 'none')
}

function hasFailed({ status, health, exitCode }: ContainerState): boolean {
  return (status === 'exited' && exitCode !== 0) || status === 'dead' || health === 'unhealthy'
}

async function notReady(
  engine: Pick<Engine, 'containers'>,
  container: ContainerState | undefined,
  limitMs: number,
): Promise<ZonefallError> {
  if (!container) return new ZonefallError('SYSTEM_NOT_READY', 'The Compose file started no container.')
  const log = (await engine.containers.logs(container.id, 10)).trimEnd()
  const state = hasFailed(container)
    ? container.health === 'unhealthy' && container.status === 'running'
      ? 'is unhealthy'
      : `exited with ${container.exitCode}`
    : `is ${container.status}, its health ${container.health}, after ${limitMs / 1000} s`
  return new ZonefallError(
    'SYSTEM_NOT_READY',
    `${container.name} ${state}. Its last log lines:\n${log === '' ? '    (it wrote none)' : log.replace(/^/gm, '    ')}`,
  )
}

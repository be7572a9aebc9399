import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import type { ComposeProject } from '../system/compose-config.ts'

/** A system that somebody has up already. */
export interface RunningProject {
  readonly name: string
  readonly containers: readonly ContainerState[]
}

/** Under the name that Zonefall gives it, or the one that `docker compose up` does; `undefined` if it is not up. */
export async function findRunning(
  { name, resolved }: ComposeProject,
  engine: Pick<Engine, 'containers'>,
): Promise<RunningProject | undefined> {
  const { name: ownName } = JSON.parse(resolved) as { name: string }
  for (const candidate of new Set([name, ownName])) {
    const containers = await engine.containers.list(candidate)
    if (containers.some(({ status }) => status === 'running')) return { name: candidate, containers }
  }
  return undefined
}

import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import { isEmpty, type ProjectRemains } from '../docker/project.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { isSameMember, type Member } from '../plan/members.ts'
import type { ComposeProject } from './compose-config.ts'
import { composeUp } from './compose-up.ts'
import { waitUntilHealthy } from './readiness.ts'

const HEALTHY_LIMIT_MS = 60_000

/** Errors: SYSTEM_BUSY when something of the project is there already, COMPOSE_VOLUME_NOT_OURS. */
export async function requireAbsent(project: ComposeProject, engine: Engine): Promise<void> {
  const remains = await engine.surveyProject(project.name)
  if (!isEmpty(remains)) {
    throw new ZonefallError('SYSTEM_BUSY', `${project.name} is there already: ${describeRemains(remains)}.`)
  }
  for (const name of project.fixedVolumes) {
    const owner = await engine.volumeProject(name)
    if (owner !== undefined && owner !== project.name) {
      throw new ZonefallError(
        'COMPOSE_VOLUME_NOT_OURS',
        `The volume ${name} is in use outside this run, and ${project.file} would write to it.`,
      )
    }
  }
}

/** Starts the project without the dropped members, and resolves when all that is left is healthy. */
export async function bringUp(
  project: ComposeProject,
  dropped: readonly Member[],
  engine: Engine,
  signal: AbortSignal,
): Promise<ContainerState[]> {
  const isDropped = (service: string, number: number) =>
    dropped.some(member => isSameMember(member, { service, number, zone: null, tier: null }))
  const services = project.services
    .filter(({ name, replicas }) =>
      Array.from({ length: replicas }, (_, index) => index + 1).some(number => !isDropped(name, number)),
    )
    .map(({ name }) => name)
  await composeUp(project, services).catch(error => {
    signal.throwIfAborted() // a Ctrl-C in a terminal reaches Compose too, and its failure is not the news
    throw error
  })
  signal.throwIfAborted()
  // Compose also starts what a kept service depends on, and all replicas of a service: the surplus goes.
  const surplus = (await engine.containers.list(project.name)).filter(({ service, number }) =>
    isDropped(service, number),
  )
  for (const { id } of surplus) await engine.containers.remove(id)
  return waitUntilHealthy({ engine, project: project.name, limitMs: HEALTHY_LIMIT_MS, signal })
}

/**
 * Removes all that carries the project's label: containers first, without waiting for a graceful stop
 * (nothing is measured any more), then networks and volumes. Errors: NOT_UNDONE, which names what is left.
 */
export async function takeDown(project: string, engine: Engine): Promise<void> {
  await engine.removeProject(project)
  const remains = await engine.surveyProject(project)
  if (!isEmpty(remains))
    throw new ZonefallError('NOT_UNDONE', `Of ${project} this is left: ${describeRemains(remains)}.`)
}

export function describeRemains(remains: ProjectRemains): string {
  return Object.entries(remains)
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `${kind} ${names.join(', ')}`)
    .join('; ')
}

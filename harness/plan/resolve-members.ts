import type { ContainerState } from '../docker/containers.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { ContainerRef } from '../history/event.ts'
import type { LabelKeys, Member } from './members.ts'

export function referenceOf(container: ContainerState, keys: LabelKeys): ContainerRef {
  return {
    id: container.id,
    name: container.name,
    service: container.service,
    zone: container.labels[keys.zone] ?? null,
    tier: container.labels[keys.tier] ?? null,
  }
}

/** The running container that a planned member became. Errors: NO_TARGET. */
export function resolveMember(
  member: Member,
  containers: readonly ContainerState[],
  keys: LabelKeys,
): ContainerRef {
  const found = containers.find(
    ({ service, number }) => service === member.service && number === member.number,
  )
  if (!found) {
    throw new ZonefallError(
      'NO_TARGET',
      `${member.service}-${member.number} was planned but is not among the containers that Compose started.`,
    )
  }
  return referenceOf(found, keys)
}

import type { ContainerState } from '../docker/containers.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { ContainerRef } from '../history/event.ts'
import { isSameMember, type LabelKeys, type Member, memberName } from '../plan/members.ts'
import { resolveMember } from '../plan/resolve-members.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'

/** The place of a container in its project, by which it is found again: its id is another one in each run. */
export function memberOf({ name, service, zone, tier }: ContainerRef): Member {
  return { service: service ?? name, number: Number(/-(\d+)$/.exec(name)?.[1] ?? 1), zone, tier }
}

export function distinctMembers(members: readonly Member[]): Member[] {
  return members.filter((member, index) => members.findIndex(other => isSameMember(member, other)) === index)
}

/** Every container that a plan speaks of, in whichever of its parts. */
function membersIn(plan: TrialPlan): Member[] {
  const found: Member[] = []
  mapReferences(plan, reference => {
    found.push(memberOf(reference))
    return reference
  })
  return distinctMembers(found)
}

/** Errors: NO_TARGET, when the system that a plan is to be carried out on has not all that it speaks of. */
export function requireMembers(plan: TrialPlan, members: readonly Member[]): void {
  const missing = membersIn(plan).filter(member => !members.some(other => isSameMember(other, member)))
  if (missing.length === 0) return
  throw new ZonefallError(
    'NO_TARGET',
    `The stored plan speaks of ${missing.map(memberName).join(' and ')}, which this system has not: it has ${members.map(memberName).join(', ') || 'none'}.`,
    { advice: 'Give the Compose file of a system with the same services by -f.' },
  )
}

/** The same plan with the containers that run now in the places of those that ran then. Errors: NO_TARGET. */
export function transplant(
  plan: TrialPlan,
  containers: readonly ContainerState[],
  keys: LabelKeys,
): TrialPlan {
  return mapReferences(plan, reference => resolveMember(memberOf(reference), containers, keys))
}

/** A plan is plain data, as the manifest keeps it. */
function mapReferences<T>(value: T, map: (reference: ContainerRef) => ContainerRef): T {
  if (Array.isArray(value)) return value.map(one => mapReferences(one, map)) as T
  if (typeof value !== 'object' || value === null) return value
  if (isReference(value)) return map(value) as T
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapReferences(part, map)])) as T
}

function isReference(value: object): value is ContainerRef {
  return 'id' in value && 'name' in value && 'service' in value && 'zone' in value && 'tier' in value
}

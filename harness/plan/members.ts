import type { ComposeProject } from '../system/compose-config.ts'

/** A container that the Compose file promises, known before it exists. */
export interface Member {
  readonly service: string
  /** Compose's number among the service's replicas, from 1. */
  readonly number: number
  readonly zone: string | null
  readonly tier: string | null
  /** All that its service carries. */
  readonly labels?: Readonly<Record<string, string>>
}

export interface LabelKeys {
  readonly zone: string
  readonly tier: string
}

/** In the order of their names, so that a seed always draws the same one. */
export function membersOf(project: ComposeProject, keys: LabelKeys): Member[] {
  return project.services
    .flatMap(service =>
      Array.from({ length: service.replicas }, (_, index) => ({
        service: service.name,
        number: index + 1,
        zone: service.labels[keys.zone] ?? null,
        tier: service.labels[keys.tier] ?? null,
        labels: service.labels,
      })),
    )
    .sort((a, b) => (a.service === b.service ? a.number - b.number : a.service < b.service ? -1 : 1))
}

/** As Compose names it, less the project: `gateway-a-1`. */
export function memberName(member: Member): string {
  return `${member.service}-${member.number}`
}

export function isSameMember(a: Member, b: Member): boolean {
  return a.service === b.service && a.number === b.number
}

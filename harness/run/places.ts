import type { ContainerState } from '../docker/containers.ts'
import type { EngineEvent } from '../docker/events.ts'
import type { ContainerRef } from '../history/event.ts'

/**
 * Who stands in whose place: a container that was removed and made anew has another id, and the same service and
 * number. All that is told of it is told of the one that the plan knows.
 */
export class Places {
  readonly #byId: Map<string, ContainerRef>
  readonly #byMember: Map<string, ContainerRef>
  readonly #holders = new Map<string, string>()

  constructor(containers: readonly ContainerState[], references: readonly ContainerRef[]) {
    this.#byId = new Map(references.map(reference => [reference.id, reference]))
    this.#byMember = new Map(
      containers.flatMap(({ id, service, number }) => {
        const reference = this.#byId.get(id)
        return reference ? [[memberKey(service, number), reference] as const] : []
      }),
    )
  }

  of(id: string): ContainerRef | undefined {
    return this.#byId.get(id)
  }

  /** The id of whoever stands in its place now. */
  holderOf(id: string): string {
    return this.#holders.get(id) ?? id
  }

  /** A container was started: whose place it took, if it is one that was not known. */
  take({ containerId, service, number }: Pick<EngineEvent, 'containerId' | 'service' | 'number'>) {
    if (this.#byId.get(containerId)?.id === containerId) this.#holders.delete(containerId) // back in its own place
    if (service === undefined || this.#byId.has(containerId)) return undefined
    const place = this.#byMember.get(memberKey(service, number))
    if (!place) return undefined
    this.#byId.set(containerId, place)
    this.#holders.set(place.id, containerId)
    return place
  }
}

function memberKey(service: string, number: number): string {
  return `${service} ${number}`
}

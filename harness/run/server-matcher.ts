import type { Standing } from '../balancer/adapter.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { ContainerRef } from '../history/event.ts'

const CONTAINER_ID = /^[0-9a-f]{12,64}$/
const BARE_NUMBER = /^\d+$/

/**
 * Which container a balancer's server is. By its address, where the balancer tells it and a container has it:
 * that is where the traffic goes. Else by the name that the balancer's configuration gave it: the service's,
 * as a rule, or the container's.
 */
export class ServerMatcher {
  readonly #references: readonly ContainerRef[]
  readonly #addresses: Map<string, readonly string[]>

  constructor(containers: readonly ContainerState[], references: readonly ContainerRef[]) {
    this.#references = references
    this.#addresses = new Map(containers.map(({ id, addresses }) => [id, addresses]))
  }

  /** Takes the addresses of a container that was started again, or of what stands in its place now. */
  learn({ id, addresses }: Pick<ContainerState, 'id' | 'addresses'>): void {
    this.#addresses.set(id, addresses)
  }

  containerOf({ server, address }: Pick<Standing, 'server' | 'address'>): ContainerRef | null {
    return this.#byAddress(address) ?? this.#byName(server.slice(server.lastIndexOf('/') + 1))
  }

  #byAddress(address: string | null): ContainerRef | undefined {
    const host = address?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
    if (!host) return undefined
    const found = this.#references.filter(({ id }) => this.#addresses.get(id)?.includes(host))
    return found.length === 1 ? found[0] : undefined
  }

  /** A part of a name may be a part of many: only one that is one container's alone is taken for it. */
  #byName(server: string): ContainerRef | null {
    const tests: readonly ((reference: ContainerRef) => boolean)[] = [
      ({ name }) => name === server,
      ({ service }) => service === server,
      ({ name }) => !BARE_NUMBER.test(server) && name.endsWith(`-${server}`),
      ({ id }) => CONTAINER_ID.test(server) && id.startsWith(server),
    ]
    for (const test of tests) {
      const found = this.#references.filter(test)
      if (found.length === 1 && found[0]) return found[0]
    }
    return null
  }
}

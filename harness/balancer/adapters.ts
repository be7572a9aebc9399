import type { ContainerState } from '../docker/containers.ts'
import type { BalancerAdapter, BalancerObserver } from './adapter.ts'
import { haproxy } from './haproxy.ts'
import { zonefallBalancer } from './zonefall-balancer.ts'

/** Every kind of balancer whose state can be watched. Adding one: a file beside this one, and its name here. */
const ADAPTERS: readonly BalancerAdapter[] = [zonefallBalancer, haproxy]

const KINDS = ['zonefall', 'haproxy']

/** What is wrong with the labels that say which kind of balancer a container is: a word misspelt must not go unsaid. */
export function unknownKinds(containers: readonly ContainerState[]): string[] {
  return containers.flatMap(({ name, labels }) => {
    const kind = labels['zonefall.balancer']
    if (kind === undefined || KINDS.includes(kind)) return []
    return [
      `${name} is labelled \`zonefall.balancer=${kind}\`, which is no kind that can be watched: ${KINDS.join(', ')} are.`,
    ]
  })
}

/** An observer for each balancer among these containers; none for a system whose balancer tells nothing. */
export function observersFor(
  containers: readonly ContainerState[],
  inspect: (id: string) => Promise<ContainerState>,
): BalancerObserver[] {
  return containers.flatMap(container =>
    ADAPTERS.flatMap(adapter => adapter(container, () => inspect(container.id)) ?? []),
  )
}

import type { ContainerState } from '../docker/containers.ts'
import type { BalancerAdapter, BalancerObserver } from './adapter.ts'
import { haproxy } from './haproxy.ts'
import { zonefallBalancer } from './zonefall-balancer.ts'

/** Every kind of balancer whose state can be watched. Adding one: a file beside this one, and its name here. */
const ADAPTERS: readonly BalancerAdapter[] = [zonefallBalancer, haproxy]

/** An observer for each balancer among these containers; none for a system whose balancer tells nothing. */
export function observersFor(
  containers: readonly ContainerState[],
  inspect: (id: string) => Promise<ContainerState>,
): BalancerObserver[] {
  return containers.flatMap(container =>
    ADAPTERS.flatMap(adapter => adapter(container, () => inspect(container.id)) ?? []),
  )
}

import type { ContainerState } from '../docker/containers.ts'
import type { ServerState } from '../history/event.ts'

/** A change of a server's state as a balancer told it. `engineNs`: the balancer's wall clock, ns since the epoch. */
export interface BalancerChange {
  readonly server: string
  /** Where the balancer sends that server's traffic, if it tells: `10.0.0.2:8080`. */
  readonly address: string | null
  readonly state: ServerState
  readonly cause: string
  readonly engineNs: bigint
}

/** Watches a balancer until aborted; resolves then. Rejects when the balancer can no longer be watched. */
export type BalancerObserver = (
  onChange: (change: BalancerChange) => void,
  signal: AbortSignal,
) => Promise<void>

/** Makes an observer for a balancer that is known by its container's labels; `undefined` if it is not of this kind. */
export type BalancerAdapter = (container: ContainerState) => BalancerObserver | undefined

import type { ContainerState } from '../docker/containers.ts'
import type { ServerState } from '../history/event.ts'

/** What a balancer says of one of its servers. */
export interface Standing {
  /** The balancer's own name for it, unique in that balancer: `web-1`, `backend/web-1`. */
  readonly server: string
  /** Where the balancer sends that server's traffic, if it tells: `10.0.0.2:8080`. */
  readonly address: string | null
  readonly state: ServerState
  readonly cause: string
}

/**
 * When something was so at the balancer. One that stamps its changes tells it by its wall clock, the engine's
 * machine's. One that is asked again and again only lets us know two instants that it lies between.
 */
export type Instant =
  /** Nanoseconds since the epoch. */
  | { readonly kind: 'stamped'; readonly engineNs: bigint }
  /** `engine`: nanoseconds since the epoch; `ours`: this machine's monotonic clock. */
  | {
      readonly kind: 'between'
      readonly clock: 'engine' | 'ours'
      readonly earliestNs: bigint
      readonly latestNs: bigint
    }

export type BalancerReport =
  | { readonly type: 'change'; readonly standing: Standing; readonly instant: Instant }
  /** From this instant on, all is told that happens at the balancer. */
  | { readonly type: 'watched'; readonly since: Instant }
  /** After this instant, what happens at the balancer is not known, until it is watched again. */
  | { readonly type: 'lost'; readonly since: Instant; readonly reason: string }

/** Watches one balancer, also when that stops telling and tells again later. */
export interface BalancerObserver {
  /** Its container's name. */
  readonly balancer: string
  /** Resolves when aborted. */
  watch(onReport: (report: BalancerReport) => void, signal: AbortSignal): Promise<void>
}

/**
 * Makes an observer for a balancer that is known by its container's labels; `undefined` if it is not of this
 * kind. `inspect` reads that container anew: after a restart its published ports may be others.
 */
export type BalancerAdapter = (
  container: ContainerState,
  inspect: () => Promise<ContainerState>,
) => BalancerObserver | undefined

import { observersFor } from '../balancer/adapters.ts'
import type { TrialClock } from '../clock/trial-clock.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'

export interface TrialWatchRequest {
  readonly engine: Engine
  readonly project: string
  readonly clock: TrialClock
  /** Every container of the project, by which ids and servers' names become references. */
  readonly containers: readonly ContainerState[]
  readonly references: readonly ContainerRef[]
  readonly record: (event: HistoryEvent) => void
  readonly signal: AbortSignal
}

/**
 * Watches what others know of the trial, the engine and the balancer, and records it on the trial's clock.
 * Resolves when aborted; rejects when the engine is lost. A balancer that stops telling is only noted: what
 * needs it becomes unmeasured, not wrong.
 */
export async function watchTrial(request: TrialWatchRequest): Promise<void> {
  const { engine, project, containers, record, clock, signal } = request
  const balancers = observersFor(containers).map(observe =>
    observe(change => {
      const container = matchServer(change.server, request.references)
      const { server, state, cause } = change
      record({ type: 'balancer', server, container, state, cause, ...clock.placeEngine(change.engineNs) })
    }, signal).catch((error: unknown) => {
      record({
        type: 'note',
        atUs: clock.nowUs(),
        text: `The balancer can no longer be watched: ${messageOf(error)}`,
      })
    }),
  )
  const events = engine.watchEvents(
    project,
    ({ containerId, action, exitCode, engineNs }) => {
      const container = request.references.find(({ id }) => id === containerId)
      if (!container) return
      record({
        type: 'engine',
        action,
        container,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...clock.placeEngine(engineNs),
      })
    },
    signal,
  )
  await Promise.all([events, ...balancers])
}

/** A balancer knows a server by the name that its configuration gave it: the service's, as a rule, or the container's. */
function matchServer(server: string, references: readonly ContainerRef[]): ContainerRef | null {
  const byService = references.filter(({ service }) => service === server)
  if (byService.length === 1 && byService[0]) return byService[0]
  return (
    references.find(
      ({ name, id }) => name === server || name.endsWith(`-${server}`) || id.startsWith(server),
    ) ?? null
  )
}

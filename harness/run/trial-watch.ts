import type { BalancerReport, Instant } from '../balancer/adapter.ts'
import { observersFor, unknownKinds } from '../balancer/adapters.ts'
import type { TrialClock } from '../clock/trial-clock.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import { Places } from './places.ts'
import { ServerMatcher } from './server-matcher.ts'

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
  const { engine, project, containers, references, record, clock, signal } = request
  const matcher = new ServerMatcher(containers, references)
  const places = new Places(containers, references)
  const note = (text: string) => record({ type: 'note', atUs: clock.nowUs(), text })
  for (const text of unknownKinds(containers)) note(text)
  const balancers = observersFor(containers, id => engine.containers.inspect(places.holderOf(id))).map(
    observer => {
      const { balancer } = observer
      const onReport = (report: BalancerReport) => {
        record(eventOf(report, balancer, matcher, clock))
        if (report.type === 'lost') note(`${balancer} cannot be watched: ${report.reason}.`)
      }
      return observer.watch(onReport, signal).catch((error: unknown) => {
        const atUs = clock.nowUs()
        const detail = messageOf(error)
        record({ type: 'balancer-watch', balancer, state: 'lost', detail, atUs })
        note(`${balancer} cannot be watched any more: ${detail}`)
      })
    },
  )
  const events = engine.watchEvents(
    project,
    event => {
      const { containerId, action, exitCode, engineNs } = event
      const placed = clock.placeEngine(engineNs)
      const taken = action === 'start' ? places.take(event) : undefined
      if (taken) record({ type: 'replacement', container: taken, id: containerId, ...placed })
      const container = places.of(containerId)
      if (!container) return
      record({
        type: 'engine',
        action,
        container,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...placed,
      })
      // Its addresses may be others now. Unless it is gone again, which its next event will tell.
      if (action === 'start')
        engine.containers.inspect(containerId).then(
          ({ addresses }) => matcher.learn({ id: container.id, addresses }),
          () => undefined,
        )
    },
    signal,
  )
  await Promise.all([events, ...balancers])
}

function eventOf(
  report: BalancerReport,
  balancer: string,
  matcher: ServerMatcher,
  clock: TrialClock,
): HistoryEvent {
  if (report.type === 'change') {
    const { standing, instant } = report
    const container = matcher.containerOf(standing)
    const { server, address, state, cause } = standing
    return { type: 'balancer', balancer, server, address, container, state, cause, ...place(instant, clock) }
  }
  const detail = report.type === 'lost' ? report.reason : 'all its changes are told from here on'
  return {
    type: 'balancer-watch',
    balancer,
    state: report.type,
    detail,
    ...place(report.since, clock),
  }
}

/** On the trial's clock: the middle, and half the width. */
function place(instant: Instant, clock: TrialClock): { atUs: number; errorUs: number } {
  if (instant.kind === 'stamped') return clock.placeEngine(instant.engineNs)
  const [earliest, latest] = [instant.earliestNs, instant.latestNs].map(ns =>
    instant.clock === 'engine' ? clock.placeEngine(ns) : { atUs: clock.atUs(ns), errorUs: 0 },
  ) as [ReturnType<TrialClock['placeEngine']>, ReturnType<TrialClock['placeEngine']>]
  return {
    atUs: (earliest.atUs + latest.atUs) / 2,
    errorUs: (latest.atUs - earliest.atUs) / 2 + earliest.errorUs,
  }
}

import type { HistoryEvent } from '../history/event.ts'

export type BalancerEvent = Extract<HistoryEvent, { type: 'balancer' }>

/** The container came into rotation or left it: the first or the last of its servers did. */
export interface RotationChange {
  readonly to: 'in' | 'out'
  readonly event: BalancerEvent
}

/**
 * When a container came into rotation and left it, by all that balancers told of it. One container may be
 * several servers, of several backends or balancers: it is in rotation while any of them is up. What a
 * balancer tells when it begins to be watched (`snapshot`) is how things stand, and no change of them.
 */
export function rotationOf(events: readonly HistoryEvent[], containerId: string): RotationChange[] {
  const up = new Set<string>()
  const changes: RotationChange[] = []
  let now: 'unknown' | 'in' | 'out' = 'unknown'
  for (const event of events.filter(isBalancerEvent).sort((a, b) => a.atUs - b.atUs)) {
    const server = JSON.stringify([event.balancer, event.server])
    const isIts = event.container?.id === containerId
    if (!isIts && !up.has(server)) continue // one that was the container's, and is another's now, still counts
    if (isIts && event.state === 'up') up.add(server)
    else up.delete(server)
    const to = up.size > 0 ? 'in' : 'out'
    if (to !== now && event.cause !== 'snapshot') changes.push({ to, event })
    now = to
  }
  return changes
}

export function isBalancerEvent(event: HistoryEvent): event is BalancerEvent {
  return event.type === 'balancer'
}

/** When a balancer was not watched, on the trial's clock; to the end of the run if nobody could any more. */
export interface WatchGap {
  readonly balancer: string
  readonly fromUs: number
  readonly toUs: number
  readonly detail: string
}

export function watchGaps(events: readonly HistoryEvent[]): WatchGap[] {
  const watches = events.filter(event => event.type === 'balancer-watch')
  return watches.flatMap((lost, index) => {
    if (lost.state !== 'lost') return []
    const { balancer, detail, atUs, errorUs = 0 } = lost
    const again = watches.slice(index).find(event => event.balancer === balancer && event.state === 'watched')
    const toUs = again ? again.atUs + (again.errorUs ?? 0) : Number.POSITIVE_INFINITY
    return [{ balancer, detail, fromUs: atUs - errorUs, toUs }]
  })
}

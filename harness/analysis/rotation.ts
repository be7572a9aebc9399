import type { HistoryEvent } from '../history/event.ts'

type BalancerEvent = Extract<HistoryEvent, { type: 'balancer' }>

/** When a container came into rotation or left it: certainly within `errorUs` of `atUs`. */
export interface RotationChange {
  readonly to: 'in' | 'out'
  readonly atUs: number
  readonly errorUs: number
}

/** A balancer's word on one server of the container, and the two instants that it lies between. */
interface Word {
  readonly server: string
  readonly isUp: boolean
  readonly isChange: boolean
  readonly cause: string
  readonly earliestUs: number
  readonly latestUs: number
}

/**
 * When a container came into rotation and left it, by all that balancers told of it. One container may be
 * several servers, of several backends or balancers: it comes in with the first of them and leaves with the
 * last. What a balancer tells when it begins to be watched (`snapshot`) is how things stand, and no change of
 * them.
 */
export function rotationOf(events: readonly HistoryEvent[], containerId: string): RotationChange[] {
  const words = wordsOn(events, containerId)
  const last = new Map<string, Word>()
  const changes: RotationChange[] = []
  let now: 'unknown' | 'in' | 'out' = 'unknown'
  for (const [place, word] of words.entries()) {
    last.set(word.server, word)
    const to = [...last.values()].some(({ isUp }) => isUp) ? 'in' : 'out'
    if (to !== now && word.isChange)
      changes.push(to === 'out' ? lastToGo([...last.values()]) : firstToCome(words.slice(place)))
    now = to
  }
  return changes
}

/** How a container stood with its balancers just before an instant: out, with when and why, if none of its servers was up. */
export function standingBefore(
  events: readonly HistoryEvent[],
  containerId: string,
  us: number,
): { readonly sinceUs: number; readonly cause: string } | 'in' | 'unknown' {
  const last = new Map<string, Word>()
  for (const word of wordsOn(events, containerId)) if (word.latestUs < us) last.set(word.server, word)
  const words = [...last.values()].sort((a, b) => b.latestUs - a.latestUs)
  const [latest] = words
  if (!latest) return 'unknown'
  return words.some(({ isUp }) => isUp) ? 'in' : { sinceUs: latest.latestUs, cause: latest.cause }
}

/** It is out when every server is: the latest of them decides, and any of them may be the latest. */
function lastToGo(down: readonly Word[]): RotationChange {
  const changes = down.filter(({ isChange }) => isChange)
  return between('out', Math.max(...changes.map(earliestOf)), Math.max(...changes.map(latestOf)))
}

/** It is in with the earliest: one that was told of later may have come before. */
function firstToCome([first, ...later]: readonly Word[]): RotationChange {
  const next = later.findIndex(({ isUp }) => !isUp)
  const ups = [first, ...later.slice(0, next < 0 ? later.length : next)]
    .filter(word => word !== undefined)
    .filter(({ isUp, isChange }) => isUp && isChange)
  return between('in', Math.min(...ups.map(earliestOf)), Math.min(...ups.map(latestOf)))
}

function between(to: RotationChange['to'], earliestUs: number, latestUs: number): RotationChange {
  return { to, atUs: (earliestUs + latestUs) / 2, errorUs: (latestUs - earliestUs) / 2 }
}

/** In the order of their most likely instants. A server that was the container's, and is another's now, left it. */
function wordsOn(events: readonly HistoryEvent[], containerId: string): Word[] {
  const its = new Set<string>()
  return events
    .filter(isBalancerEvent)
    .sort((a, b) => a.atUs - b.atUs)
    .flatMap(event => {
      const server = JSON.stringify([event.balancer, event.server])
      const isIts = event.container?.id === containerId
      if (!isIts && !its.has(server)) return []
      if (isIts) its.add(server)
      else its.delete(server)
      return [wordOf(event, server, isIts && event.state === 'up')]
    })
}

function wordOf({ atUs, errorUs = 0, cause }: BalancerEvent, server: string, isUp: boolean): Word {
  return {
    server,
    isUp,
    isChange: cause !== 'snapshot',
    cause,
    earliestUs: atUs - errorUs,
    latestUs: atUs + errorUs,
  }
}

function earliestOf({ earliestUs }: Word): number {
  return earliestUs
}

function latestOf({ latestUs }: Word): number {
  return latestUs
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

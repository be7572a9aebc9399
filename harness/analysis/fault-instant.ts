import type { HistoryEvent } from '../history/event.ts'

/** When the fault struck: certainly between the two bounds, most likely at `atUs`, which `source` told. Whole µs. */
export interface FaultInstant {
  readonly atUs: number
  readonly lowerUs: number
  readonly upperUs: number
  readonly source: 'FinishedAt' | 'kill event' | 'die event' | 'engine call'
}

type EngineEvent = Extract<HistoryEvent, { type: 'engine' }>

/** The engine's records of a killed container, the nearest to its death first. */
const SOURCES = [
  { action: 'finished', source: 'FinishedAt' },
  { action: 'kill', source: 'kill event' },
  { action: 'die', source: 'die event' }, // comes up to 2 s late
] as const

/**
 * Nothing can have been broken before the engine was asked. It certainly was when the call had returned, or
 * earlier, when the engine had recorded the main process's end: `FinishedAt` and `die` are stamped after it,
 * however late. So they bound it from above only, and so does the balancer's word that the target is down:
 * nobody sees it before it has happened. The best point between is the one that the engine told,
 * if that can lie within the call (an earlier or later death of the same container cannot), else the middle.
 * `null` when nothing was broken. Where several targets are struck together, each call is its own target's.
 */
export function faultInstant(events: readonly HistoryEvent[], targetId: string): FaultInstant | null {
  const call = events.find(
    event => event.type === 'fault' && event.action === 'inject' && event.container.id === targetId,
  )
  if (call?.type !== 'fault') return null
  const lowerUs = Math.floor(call.atUs)
  const told = events.filter(
    (event): event is EngineEvent =>
      event.type === 'engine' && event.container.id === targetId && latestUs(event) >= lowerUs,
  )
  const ends = told.filter(({ action }) => action === 'finished' || action === 'die').map(latestUs)
  const seen = events.flatMap(event =>
    event.type === 'balancer' &&
    event.container?.id === targetId &&
    event.state === 'down' &&
    event.cause !== 'snapshot' &&
    event.atUs - (event.errorUs ?? 0) >= lowerUs // certainly after the call: not an earlier failing of its own
      ? [event]
      : [],
  )
  const upperUs = Math.ceil(
    Math.min(call.returnedUs, ...ends, ...seen.map(({ atUs, errorUs = 0 }) => atUs + errorUs)),
  )
  // The most likely instant is not after the most likely time of what followed from it.
  const latestPointUs = Math.floor(Math.min(upperUs, ...seen.map(({ atUs }) => atUs)))
  for (const { action, source } of SOURCES) {
    const record = told.find(event => event.action === action && earliestUs(event) <= call.returnedUs)
    if (record)
      return { atUs: clamp(Math.round(record.atUs), lowerUs, latestPointUs), lowerUs, upperUs, source }
  }
  const middleUs = Math.round((lowerUs + upperUs) / 2)
  return { atUs: Math.min(middleUs, latestPointUs), lowerUs, upperUs, source: 'engine call' }
}

/**
 * Of several targets struck together: nothing was broken before the earliest can have been, and all were when the
 * last one certainly was. It counts from the first of them. `null` unless every one was struck.
 */
export function sharedInstant(
  events: readonly HistoryEvent[],
  targetIds: readonly string[],
): FaultInstant | null {
  const instants = targetIds.flatMap(id => faultInstant(events, id) ?? [])
  const [first] = instants.toSorted((a, b) => a.atUs - b.atUs)
  if (!first || instants.length < targetIds.length) return null
  return {
    ...first,
    lowerUs: Math.min(...instants.map(({ lowerUs }) => lowerUs)),
    upperUs: Math.max(...instants.map(({ upperUs }) => upperUs)),
  }
}

function earliestUs({ atUs, errorUs = 0 }: EngineEvent): number {
  return atUs - errorUs
}

function latestUs({ atUs, errorUs = 0 }: EngineEvent): number {
  return atUs + errorUs
}

function clamp(value: number, lower: number, upper: number): number {
  return Math.min(upper, Math.max(lower, value))
}

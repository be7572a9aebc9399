import type { HistoryEvent } from '../history/event.ts'

/** When the fault struck: certainly between the two bounds, most likely at `atUs`. */
export interface FaultInstant {
  readonly atUs: number
  readonly lowerUs: number
  readonly upperUs: number
}

/**
 * The call to the engine bounds it on both sides. Where the engine tells when the main process ended
 * (`FinishedAt`), that is nearer than either, as far as the bound on the engine's clock goes. Its `die`
 * event is not used: it comes up to seconds late. `null` when nothing was broken.
 */
export function faultInstant(events: readonly HistoryEvent[], targetId: string): FaultInstant | null {
  const call = events.find(event => event.type === 'fault' && event.action === 'inject')
  if (call?.type !== 'fault') return null
  const bounds = { lowerUs: call.atUs, upperUs: call.returnedUs }
  const finished = events.find(
    event => event.type === 'engine' && event.action === 'finished' && event.container.id === targetId,
  )
  if (!finished) return { atUs: call.atUs, ...bounds }
  const errorUs = finished.errorUs ?? 0
  const lowerUs = Math.max(bounds.lowerUs, finished.atUs - errorUs)
  const upperUs = Math.min(bounds.upperUs, finished.atUs + errorUs)
  if (lowerUs > upperUs) return { atUs: call.atUs, ...bounds } // the two disagree: only the call is certain
  return { atUs: Math.min(upperUs, Math.max(lowerUs, finished.atUs)), lowerUs, upperUs }
}

import type { ContainerRef } from '../history/event.ts'
import type { Frame } from './frame.ts'
import type { Struck } from './struck.ts'

/** Older results, and audits, watch one target however many are struck together. */
function isOfOne({ plan }: Pick<Frame, 'plan'>): boolean {
  return plan.strikes === undefined
}

/** The containers whose fate is looked at: all that were struck. */
export function watchedTargets(frame: Pick<Frame, 'plan' | 'struck'>): ContainerRef[] {
  return [...new Map(watchedStrikes(frame).map(({ strike: { target } }) => [target.id, target])).values()]
}

/** What came, in order. */
export function watchedStrikes(frame: Pick<Frame, 'plan' | 'struck'>): Struck[] {
  const { plan, struck } = frame
  return struck.filter(
    ({ call, strike }) => call !== null && (!isOfOne(frame) || strike.target.id === plan.target.id),
  )
}

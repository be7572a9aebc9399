import type { ContainerRef } from '../history/event.ts'
import type { Frame } from './frame.ts'
import { lastUntilMs, type Struck } from './struck.ts'

/** When a target can first have been up again after it was struck for the last time; `null` if it cannot. */
export function upAgainUs(frame: Frame, { id }: ContainerRef): number | null {
  const last = frame.struck.findLast(({ call, strike }) => call && strike.target.id === id)
  return last ? upAgainAfterUs(frame, last) : null
}

/** The engine started it (a restart policy, a new container in its place), or the fault was undone. */
export function upAgainAfterUs(frame: Frame, struck: Struck): number | null {
  const { id } = struck.strike.target
  const start = frame.events.find(
    event =>
      event.type === 'engine' &&
      event.action === 'start' &&
      event.container.id === id &&
      event.atUs > struckFromUs(frame, struck),
  )
  const healUs = undoneUs(frame, struck)
  if (!start) return healUs
  const earliestUs = start.atUs - (start.errorUs ?? 0)
  return healUs === null ? earliestUs : Math.min(healUs, earliestUs)
}

/** When its undoing began: of those that last to the end, all together. */
export function undoneUs(frame: Frame, { strike, heal }: Struck): number | null {
  if (strike.untilMs < lastUntilMs(frame.struck)) return heal?.atUs ?? null
  return frame.healed ? frame.healUs : null
}

/** Before that it can have done nothing. */
export function struckFromUs({ fault, struck }: Frame, { strike, call }: Struck): number {
  return isFirst(struck, strike) ? fault.lowerUs : (call?.atUs ?? Number.POSITIVE_INFINITY)
}

/** By then it had certainly taken hold. */
export function struckByUs({ fault, struck }: Frame, { strike, call }: Struck): number {
  return isFirst(struck, strike) ? fault.upperUs : (call?.returnedUs ?? Number.POSITIVE_INFINITY)
}

function isFirst(struck: readonly Struck[], { atMs, afterReady }: Struck['strike']): boolean {
  return afterReady === undefined && struck.every(({ strike }) => strike.atMs >= atMs)
}

import type { ContainerRef } from '../../history/event.ts'
import type { Frame } from '../frame.ts'
import type { Bracketed, Measured } from '../metrics.ts'
import { isBalancerEvent, type RotationChange, rotationOf, type WatchGap, watchGaps } from '../rotation.ts'
import { firstBlow } from '../struck.ts'
import { upAgainUs } from '../up-again.ts'
import { watchedTargets } from '../watched-targets.ts'

/**
 * Fault instant → the balancer's own event that the target left rotation. Of several that are struck first, the last
 * one of those that the balancer knows.
 */
export function detectionMs(frame: Frame): Measured<Bracketed> {
  const first = new Set(firstBlow(frame.struck).map(({ strike }) => strike.target.id))
  const targets = watchedTargets(frame).filter(({ id }) => first.has(id))
  const known = targets.filter(({ id }) =>
    frame.events.some(event => isBalancerEvent(event) && event.container?.id === id),
  )
  const measured = (known.length > 0 ? known : targets.slice(0, 1)).map(target => detectedMs(frame, target))
  const missing = measured.find(({ value }) => value === null)
  const [latest] = measured.toSorted((a, b) => (b.value?.value ?? 0) - (a.value?.value ?? 0))
  return missing ?? latest ?? { value: null, reason: 'nothing was struck' }
}

function detectedMs(frame: Frame, { id, name }: ContainerRef): Measured<Bracketed> {
  const gaps = gapsWhileBroken(frame)
  const told = frame.events.filter(isBalancerEvent)
  if (told.length === 0)
    return { value: null, reason: unwatched(frame, gaps) ?? 'no balancer told the states of its servers' }
  if (!told.some(({ container }) => container?.id === id))
    return { value: null, reason: `the balancer told nothing of a server that is ${name}` }
  const out = leftRotation(frame, id, { fromUs: frame.fault.lowerUs, untilUs: frame.healUs })
  if (!out) {
    const late = leftRotation(frame, id, { fromUs: frame.fault.lowerUs, untilUs: frame.endUs })
    const reason = late
      ? `the balancer took ${name} out of rotation only ${((late.atUs - frame.healUs) / 1e6).toFixed(2)} s after the healing had begun`
      : `the balancer did not take ${name} out of rotation while it was broken`
    return { value: null, reason: unwatched(frame, gaps) ?? reason }
  }
  const { value, lower, upper } = sinceFault(frame, out)
  // It may have left, come back and left again while nobody watched.
  const earliest = gaps.filter(({ fromUs }) => fromUs < out.atUs).map(({ fromUs }) => fromUs)
  const lowest = Math.min(lower, ...earliest.map(atUs => sinceFault(frame, { atUs }).lower))
  return {
    value: { value: Math.min(upper, Math.max(lower, value, 0)), lower: Math.max(0, lowest), upper },
  }
}

export function leftRotation(
  { events }: Frame,
  id: string,
  { fromUs, untilUs }: { readonly fromUs: number; readonly untilUs: number },
): RotationChange | undefined {
  return rotationOf(events, id).find(
    ({ to, atUs, errorUs }) => to === 'out' && atUs + errorUs >= fromUs && atUs - errorUs <= untilUs,
  )
}

/**
 * The first time after it left that the balancer sends it traffic again, and it can be up: a balancer that was
 * restarted may take a dead server for a live one until its first checks have failed.
 */
export function backInRotation(frame: Frame): RotationChange | undefined {
  const { target } = frame.plan
  const out = leftRotation(frame, target.id, { fromUs: frame.fault.lowerUs, untilUs: frame.endUs })
  const upUs = upAgainUs(frame, target)
  if (!out || upUs === null) return undefined
  return rotationOf(frame.events, target.id).find(
    ({ to, atUs, errorUs }) => to === 'in' && atUs > out.atUs && atUs + errorUs >= upUs,
  )
}

/** An instant's distance from the fault in ms, with the bounds of both, to whole µs. */
export function sinceFault(
  { fault }: Frame,
  { atUs, errorUs = 0 }: { readonly atUs: number; readonly errorUs?: number | undefined },
): Bracketed {
  return {
    value: Math.round(atUs - fault.atUs) / 1000,
    lower: Math.floor(atUs - errorUs - fault.upperUs) / 1000,
    upper: Math.ceil(atUs + errorUs - fault.lowerUs) / 1000,
  }
}

function gapsWhileBroken({ events, fault, healUs }: Frame): WatchGap[] {
  return watchGaps(events).filter(({ fromUs, toUs }) => toUs >= fault.lowerUs && fromUs <= healUs)
}

function unwatched(frame: Frame, [gap]: readonly WatchGap[]): string | undefined {
  if (!gap) return undefined
  const to = Number.isFinite(gap.toUs) ? ` to ${sinceFaultText(frame, gap.toUs)}` : ' on'
  return `the balancer ${gap.balancer} could not be watched from ${sinceFaultText(frame, gap.fromUs)}${to}: ${gap.detail}`
}

function sinceFaultText({ fault }: Frame, atUs: number): string {
  const seconds = (atUs - fault.atUs) / 1e6
  return `${Math.abs(seconds).toFixed(2)} s ${seconds < 0 ? 'before' : 'after'} the fault`
}

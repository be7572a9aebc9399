import type { HistoryEvent } from '../history/event.ts'
import type { Frame } from './frame.ts'
import type { Bracketed, Measured } from './metrics.ts'

type BalancerEvent = Extract<HistoryEvent, { type: 'balancer' }>

/** Fault instant → the balancer's own event that the target left rotation. */
export function detectionMs(frame: Frame): Measured<Bracketed> {
  const told = balancerEvents(frame)
  if (told.length === 0) return { value: null, reason: 'no balancer told the states of its servers' }
  const out = leftRotation(frame)
  if (!out)
    return { value: null, reason: 'the balancer did not take the target out of rotation while it was broken' }
  return { value: sinceFault(frame, out) }
}

export function leftRotation(frame: Frame): BalancerEvent | undefined {
  return balancerEvents(frame).find(
    event =>
      event.state !== 'up' &&
      event.cause !== 'snapshot' &&
      event.atUs + (event.errorUs ?? 0) >= frame.fault.lowerUs,
  )
}

/** The first time after the healing that the balancer sends it traffic again. */
export function backInRotation(frame: Frame): BalancerEvent | undefined {
  const out = leftRotation(frame)
  return (
    out &&
    balancerEvents(frame).find(
      event => event.state === 'up' && event.atUs > out.atUs && event.cause !== 'snapshot',
    )
  )
}

/** An event's time since the fault, with the bounds of both. */
export function sinceFault(
  { fault }: Frame,
  { atUs, errorUs = 0 }: { atUs: number; errorUs?: number },
): Bracketed {
  return {
    value: (atUs - fault.atUs) / 1000,
    lower: Math.max(0, atUs - errorUs - fault.upperUs) / 1000,
    upper: (atUs + errorUs - fault.lowerUs) / 1000,
  }
}

function balancerEvents({ events, plan }: Frame): BalancerEvent[] {
  return events.filter(
    event => event.type === 'balancer' && event.container?.id === plan.target.id,
  ) as BalancerEvent[]
}

import type { HistoryEvent } from '../../history/event.ts'
import type { Frame } from '../frame.ts'
import type { Bracketed, Measured } from '../metrics.ts'

type BalancerEvent = Extract<HistoryEvent, { type: 'balancer' }>

/** Fault instant → the balancer's own event that the target left rotation. */
export function detectionMs(frame: Frame): Measured<Bracketed> {
  if (!frame.events.some(event => event.type === 'balancer'))
    return { value: null, reason: 'no balancer told the states of its servers' }
  const { name } = frame.plan.target
  if (balancerEvents(frame).length === 0)
    return { value: null, reason: `the balancer told nothing of a server that is ${name}` }
  const out = leftRotation(frame)
  if (!out)
    return { value: null, reason: `the balancer did not take ${name} out of rotation while it was broken` }
  const { value, lower, upper } = sinceFault(frame, out)
  return { value: { value: Math.min(upper, Math.max(lower, value)), lower: Math.max(0, lower), upper } }
}

/** What the balancer told of the target when it began to be watched (`snapshot`) is no change of it. */
export function leftRotation(frame: Frame): BalancerEvent | undefined {
  return balancerEvents(frame).find(
    ({ state, cause, atUs, errorUs = 0 }) =>
      state !== 'up' &&
      cause !== 'snapshot' &&
      atUs + errorUs >= frame.fault.lowerUs &&
      atUs - errorUs <= frame.healUs,
  )
}

/** The first time after it left that the balancer sends it traffic again. */
export function backInRotation(frame: Frame): BalancerEvent | undefined {
  const out = leftRotation(frame)
  return (
    out &&
    balancerEvents(frame).find(
      ({ state, cause, atUs }) => state === 'up' && atUs > out.atUs && cause !== 'snapshot',
    )
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

function balancerEvents({ events, plan }: Frame): BalancerEvent[] {
  return events.filter(
    (event): event is BalancerEvent => event.type === 'balancer' && event.container?.id === plan.target.id,
  )
}

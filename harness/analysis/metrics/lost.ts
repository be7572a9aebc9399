import type { Frame } from '../frame.ts'
import type { Metrics } from '../metrics.ts'
import { at } from '../probes.ts'

type Lost = Pick<Metrics, 'lost_requests' | 'lost_ms' | 'lost_in_flight' | 'lost_new' | 'bad_share'>

/**
 * What the fault cost. In flight is what was sent before it had certainly struck. The share is of all probes
 * that had not ended before it.
 */
export function lost({ probes, bad, fault, firstTouched, plan }: Frame): Lost {
  const inFlight = bad.filter(index => at(probes.sentUs, index) < fault.upperUs).length
  let total = 0
  for (let index = firstTouched; index < probes.length; index += 1) {
    if (at(probes.endedUs, index) >= fault.lowerUs) total += 1
  }
  return {
    lost_requests: { value: bad.length },
    lost_ms: { value: (bad.length * 1000) / plan.probes.ratePerSecond },
    lost_in_flight: { value: inFlight },
    lost_new: { value: bad.length - inFlight },
    bad_share:
      total === 0 ? { value: null, reason: 'no probe after the fault' } : { value: bad.length / total },
  }
}

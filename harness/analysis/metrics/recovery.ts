import type { Frame } from '../frame.ts'
import type { Measured, Metrics } from '../metrics.ts'
import { at } from '../probes.ts'
import type { Steadiness } from '../steadiness.ts'

type Recovery = Pick<Metrics, 'recovery_ms' | 'flaps' | 'censored'>

/**
 * Fault instant → start of the first steady window; 0 if the steady state was never left. A relapse, or a
 * latency that leaves the band again, is a flap. A run that ends before that window, or within W of a bad
 * probe, is censored: what would have come of the relapse was not seen. A latency that is out of the band at
 * the end is a flap and no more.
 */
export function recovery(frame: Frame, steadiness: Steadiness, relapses: number): Recovery {
  return {
    recovery_ms: recoveryMs(frame, steadiness),
    flaps: { value: Math.max(relapses, steadiness.timesLeft) },
    censored: { value: steadiness.first === null || endsWithinRelapse(frame) ? 1 : 0 },
  }
}

function endsWithinRelapse({ probes, bad, plan, endUs }: Frame): boolean {
  const last = bad.at(-1)
  return last !== undefined && at(probes.dueUs, last) > endUs - plan.timing.steadyWindowMs * 1000
}

/** The probe before the window is one that spoiled it: that one and the window's first are the bounds. */
function recoveryMs({ probes, fault, plan }: Frame, { first, lastStartUs }: Steadiness): Measured<number> {
  const { steadyWindowMs } = plan.timing
  if (lastStartUs === null)
    return { value: null, reason: `the run ended less than ${steadyWindowMs} ms after the fault` }
  if (first === null) {
    const atLeast = Math.max(0, lastStartUs - fault.upperUs) / 1000
    return { value: null, reason: `the run ended before ${steadyWindowMs} ms of it were steady`, atLeast }
  }
  const neverLeft = first.startUs <= fault.atUs
  const lowerUs = neverLeft || first.from === 0 ? 0 : at(probes.sentUs, first.from - 1) - fault.upperUs
  const value = (first.startUs - fault.atUs) / 1000
  return {
    value,
    bounds: {
      lower: Math.min(value, Math.max(0, lowerUs / 1000)),
      upper: Math.max(value, (at(probes.endedUs, first.from) - fault.lowerUs) / 1000),
    },
  }
}

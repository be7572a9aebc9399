import type { Frame } from '../frame.ts'
import { goodP99Ms } from '../good-p99.ts'
import type { Metrics } from '../metrics.ts'
import { firstDueFrom } from '../probes.ts'

/**
 * Of good answers, from their due times, in the baseline, from the fault to its undoing, and after that. What
 * failed is counted elsewhere, and a quick refusal must not flatter.
 */
export function p99Ms({ probes, baselineP99Ms, fault, healUs, healed }: Frame): Metrics['p99_ms'] {
  if (baselineP99Ms === null) return { value: null, reason: 'no good answer before the fault' }
  const from = firstDueFrom(probes, fault.atUs)
  const to = firstDueFrom(probes, healUs)
  return {
    value: {
      before: baselineP99Ms,
      during: goodP99Ms(probes, from, to),
      after: healed ? goodP99Ms(probes, to, probes.length) : null,
    },
  }
}

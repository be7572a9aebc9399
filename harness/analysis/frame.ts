import type { HistoryEvent, Phase } from '../history/event.ts'
import type { SampleColumns } from '../history/sample-row.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import { type FaultInstant, faultInstant } from './fault-instant.ts'
import { percentileMs } from './percentile.ts'
import { at, firstDueFrom, type Probes, probesOf } from './probes.ts'

/** A trial as it was recorded. */
export interface TrialHistory {
  readonly plan: TrialPlan
  readonly events: readonly HistoryEvent[]
  readonly samples: SampleColumns
}

/** What every metric is computed from: the probes in order, and where the phases lie. Times in µs since the origin. */
export interface Frame {
  readonly plan: TrialPlan
  readonly events: readonly HistoryEvent[]
  readonly probes: Probes
  readonly fault: FaultInstant
  /** When it was undone; the end of the probes if it never was. */
  readonly healUs: number
  readonly healed: boolean
  /** Indexes of the probes from `from` to below `to` that were due in the baseline. */
  readonly baseline: { readonly from: number; readonly to: number }
  /** First probe that the fault can have touched: it had not ended before the fault. */
  readonly firstTouched: number
  readonly baselineP99Ms: number
  /** Latencies up to here count as back to normal. */
  readonly bandMs: number
  readonly endUs: number
}

/** `null` when nothing was broken or nobody watched: then there is nothing to measure. */
export function frameOf({ plan, events, samples }: TrialHistory): Frame | null {
  const probes = probesOf(samples)
  const fault = faultInstant(events, plan.target.id)
  const baselineUs = phaseStart(events, 'baseline')
  if (!fault || baselineUs === null || probes.length === 0) return null
  const from = firstDueFrom(probes, baselineUs)
  const firstTouched = firstEndingFrom(probes, from, fault.lowerUs)
  const baseline = { from, to: firstTouched }
  const baselineP99Ms = percentileMs(goodLatenciesMs(probes, baseline.from, baseline.to), 99) ?? Number.NaN
  const heal = events.find(event => event.type === 'fault' && event.action === 'heal')
  const endUs = at(probes.dueUs, probes.length - 1)
  return {
    plan,
    events,
    probes,
    fault,
    healUs: heal?.atUs ?? endUs,
    healed: heal !== undefined,
    baseline,
    firstTouched,
    baselineP99Ms,
    bandMs: latencyBandMs(baselineP99Ms, plan.steadyState.maxP99Ms),
    endUs,
  }
}

/** Twice the baseline's p99, or 50 ms above it if that is more; never above what the plan calls steady. */
function latencyBandMs(baselineP99Ms: number, maxP99Ms: number): number {
  return Math.min(maxP99Ms, Math.max(2 * baselineP99Ms, baselineP99Ms + 50))
}

export function phaseStart(events: readonly HistoryEvent[], phase: Phase): number | null {
  return events.find(event => event.type === 'phase' && event.phase === phase)?.atUs ?? null
}

export function latencyMs(probes: Probes, index: number): number {
  return (at(probes.endedUs, index) - at(probes.dueUs, index)) / 1000
}

export function goodLatenciesMs(probes: Probes, from: number, to: number): number[] {
  const latencies: number[] = []
  for (let index = from; index < to; index += 1)
    if (probes.good[index]) latencies.push(latencyMs(probes, index))
  return latencies
}

function firstEndingFrom(probes: Probes, from: number, us: number): number {
  for (let index = from; index < probes.length; index += 1) if (at(probes.endedUs, index) >= us) return index
  return probes.length
}

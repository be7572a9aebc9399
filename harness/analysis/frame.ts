import type { HistoryEvent, Phase } from '../history/event.ts'
import type { SampleColumns } from '../history/sample-row.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import { type FaultInstant, sharedInstant } from './fault-instant.ts'
import { goodP99Ms } from './good-p99.ts'
import { at, firstDueFrom, latencyUs, type Probes } from './probes.ts'
import { type FaultEvent, firstBlow, lastHeal, type Struck, struckOf } from './struck.ts'

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
  readonly periodUs: number
  /** All that was planned, and what became of it. */
  readonly struck: readonly Struck[]
  /** The first blow. */
  readonly fault: FaultInstant
  /** When the last of it was undone; the end of the run if it never was. */
  readonly healUs: number
  readonly healed: boolean
  readonly heal: FaultEvent | null
  /** Indexes from `from` to below `to`: due in the baseline, ended before the fault. */
  readonly baseline: { readonly from: number; readonly to: number }
  /** The first probe that the fault can have touched: it had not ended before it. The last of the baseline, plus one. */
  readonly firstTouched: number
  /** Bad probes that are put down to the fault, in order of due time. */
  readonly bad: readonly number[]
  /** Bad probes since the baseline's beginning that cannot be put down to it. */
  readonly badBefore: readonly number[]
  /** `null` without a good probe. */
  readonly baselineP99Ms: number | null
  /** A p99 up to here counts as back to normal. */
  readonly bandUs: number
  /** Half as long again as the longest answer of the baseline, and as the prober stood still: then a probe hangs. */
  readonly longestSteadyUs: number
  /** One period after the last probe's due time. */
  readonly endUs: number
}

const HALF_AS_LONG_AGAIN = 1.5

/** `null` when nothing was broken or nobody watched: then there is nothing to measure. */
export function frameOf(
  { plan, events }: Pick<TrialHistory, 'plan' | 'events'>,
  probes: Probes,
): Frame | null {
  const struck = struckOf(plan, events)
  const fault = sharedInstant(
    events,
    firstBlow(struck).map(({ strike }) => strike.target.id),
  )
  const baselineUs = phaseStart(events, 'baseline')
  if (!fault || baselineUs === null || probes.length === 0) return null
  const from = firstDueFrom(probes, baselineUs)
  const firstTouched = firstEndingFrom(probes, from, fault.lowerUs)
  const baselineP99Ms = goodP99Ms(probes, from, firstTouched)
  const heal = lastHeal(struck, events)
  const periodUs = 1e6 / plan.probes.ratePerSecond
  const endUs = at(probes.dueUs, probes.length - 1) + periodUs
  return {
    plan,
    events,
    probes,
    periodUs,
    struck,
    fault,
    healUs: heal?.atUs ?? endUs,
    healed: heal !== undefined,
    heal: heal ?? null,
    baseline: { from, to: firstTouched },
    firstTouched,
    ...partBad(probes, from, fault, plan.steadyState.maxP99Ms * 1000),
    baselineP99Ms,
    bandUs: latencyBandMs(baselineP99Ms, plan.steadyState.maxP99Ms) * 1000,
    longestSteadyUs:
      HALF_AS_LONG_AGAIN * longestUs(probes, from, firstTouched) + longestStallUs(events, baselineUs),
    endUs,
  }
}

/**
 * A bad probe is put down to the fault if it had not ended when the fault can first have struck. One that by
 * then had waited longer than a steady system takes was in trouble already.
 */
function partBad(probes: Probes, from: number, fault: FaultInstant, maxP99Us: number) {
  const bad: number[] = []
  const badBefore: number[] = []
  for (let index = from; index < probes.length; index += 1) {
    if (probes.good[index]) continue
    const endedBefore = at(probes.endedUs, index) < fault.lowerUs
    const hungBefore = at(probes.dueUs, index) < fault.lowerUs - maxP99Us
    if (endedBefore || hungBefore) badBefore.push(index)
    else bad.push(index)
  }
  return { bad, badBefore }
}

/** Twice the baseline's p99, or 50 ms above it if that is more; never above what the plan calls steady. */
function latencyBandMs(baselineP99Ms: number | null, maxP99Ms: number): number {
  if (baselineP99Ms === null) return maxP99Ms
  return Math.min(maxP99Ms, Math.max(2 * baselineP99Ms, baselineP99Ms + 50))
}

function longestUs(probes: Probes, from: number, to: number): number {
  let longest = 0
  for (let index = from; index < to; index += 1)
    longest = Math.max(longest, at(probes.endedUs, index) - at(probes.sentUs, index))
  return longest
}

/** While the prober itself stood still, a probe may have been neither sent nor read. */
function longestStallUs(events: readonly HistoryEvent[], fromUs: number): number {
  let longest = 0
  for (const event of events)
    if (event.type === 'prober-health' && event.atUs >= fromUs)
      longest = Math.max(longest, event.maxLoopDelayUs)
  return longest
}

export function phaseStart(events: readonly HistoryEvent[], phase: Phase): number | null {
  return events.find(event => event.type === 'phase' && event.phase === phase)?.atUs ?? null
}

/** Good, but slower than the band. */
export function isSlow({ probes, bandUs }: Frame, index: number): boolean {
  return probes.good[index] === 1 && latencyUs(probes, index) > bandUs
}

function firstEndingFrom(probes: Probes, from: number, us: number): number {
  for (let index = from; index < probes.length; index += 1) if (at(probes.endedUs, index) >= us) return index
  return probes.length
}

import { type Frame, isSlow } from './frame.ts'
import { p99Within } from './percentile.ts'
import { laterBlows } from './struck.ts'
import { counterOf, type Window, windowsOf } from './windows.ts'

/** When the system was in its steady state, judged by every window W from the fault on. */
export interface Steadiness {
  /** Where faults came later than the first: the first of the windows, without a break, that reach beyond the last of them. */
  readonly first: Window | null
  /** Times that a steady window was followed by one that was not. */
  readonly timesLeft: number
  /** Whether the last full window of the run was steady. */
  readonly atEnd: boolean
  /** Start of the last full window; `null` if W did not fit between the fault and the end of the run. */
  readonly lastStartUs: number | null
}

/**
 * Steady is a window in which the share of good probes is at least `minSuccess` and the p99 of the good ones
 * lies within the band; at least half the probes that were due must have been sent. The first window begins at
 * the fault instant and counts what was in flight and became bad.
 */
export function steadinessOf(frame: Frame): Steadiness {
  const { probes, plan, fault, struck, bad, endUs, periodUs } = frame
  const widthUs = plan.timing.steadyWindowMs * 1000
  const fewest = widthUs / periodUs / 2
  const goodIn = counterOf(index => probes.good[index] === 1)
  const slowIn = counterOf(index => isSlow(frame, index))
  const isSteady = (window: Window) => {
    const total = window.to - window.from
    const good = goodIn(window)
    return total >= fewest && good / total >= plan.steadyState.minSuccess && p99Within(good, slowIn(window))
  }
  const lastBlowUs = Math.max(fault.atUs, ...laterBlows(struck).map(({ call }) => call?.atUs ?? 0))
  let first: Window | null = null
  let unbroken: Window | null = null
  let timesLeft = 0
  let atEnd = false
  let lastStartUs: number | null = null
  const sweep = { startUs: fault.atUs, widthUs, endUs, ...inFlight(frame, bad[0]) }
  for (const window of windowsOf(probes, sweep)) {
    const steady = isSteady(window)
    unbroken = steady ? (unbroken ?? window) : null
    if (unbroken && window.startUs >= lastBlowUs) first ??= unbroken
    if (!steady && atEnd) timesLeft += 1
    atEnd = steady
    lastStartUs = window.startUs
  }
  return { first, timesLeft, atEnd, lastStartUs }
}

function inFlight({ probes, fault }: Frame, firstBad: number | undefined): { from?: number } {
  const dueUs = firstBad === undefined ? undefined : probes.dueUs[firstBad]
  return firstBad !== undefined && dueUs !== undefined && dueUs < fault.atUs ? { from: firstBad } : {}
}

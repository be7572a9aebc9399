import { type Frame, latencyMs } from './frame.ts'
import { at, firstDueFrom } from './probes.ts'

const ROLLING_US = 1_000_000

/**
 * Fault instant → start of the first window W in which the share of good probes and their p99 are back in
 * the steady state. A window begins at the fault instant or at a probe's due time, and must lie within the
 * run. `null`: censored, the run ended first.
 */
export function recoveryMs(frame: Frame): number | null {
  const { probes, fault, plan, endUs } = frame
  const windowUs = plan.timing.steadyWindowMs * 1000
  const enough = (plan.probes.ratePerSecond * windowUs) / 1e6 / 2
  const counts = { good: 0, slow: 0 }
  const count = (index: number, sign: 1 | -1) => {
    if (!probes.good[index]) return
    counts.good += sign
    if (latencyMs(probes, index) > frame.bandMs) counts.slow += sign
  }
  let to = frame.firstTouched
  for (let from = frame.firstTouched; from < probes.length; from += 1) {
    const startUs =
      from === frame.firstTouched ? Math.min(fault.atUs, at(probes.dueUs, from)) : at(probes.dueUs, from)
    if (startUs + windowUs > endUs + 1e6 / plan.probes.ratePerSecond) return null
    while (to < probes.length && at(probes.dueUs, to) < startUs + windowUs) {
      count(to, 1)
      to += 1
    }
    const total = to - from
    const p99Holds = counts.slow <= counts.good - Math.ceil(0.99 * counts.good)
    if (total >= enough && counts.good / total >= plan.steadyState.minSuccess && p99Holds) {
      return Math.max(0, (startUs - fault.atUs) / 1000)
    }
    count(from, -1)
  }
  return null
}

/**
 * Fault instant → the rolling p99 of one second is back in the band for good; 0 if it never left it, `null`
 * if it was still out of it at the end. A second without a good probe is out of the band.
 */
export function latencyRestoredMs(frame: Frame): number | null {
  const { probes, fault, bandMs } = frame
  const counts = { good: 0, slow: 0 }
  let from = frame.firstTouched
  let lastOut = -1
  for (let index = frame.firstTouched; index < probes.length; index += 1) {
    if (probes.good[index]) {
      counts.good += 1
      if (latencyMs(probes, index) > bandMs) counts.slow += 1
    }
    for (; at(probes.dueUs, from) <= at(probes.dueUs, index) - ROLLING_US; from += 1) {
      if (!probes.good[from]) continue
      counts.good -= 1
      if (latencyMs(probes, from) > bandMs) counts.slow -= 1
    }
    if (counts.good === 0 || counts.slow > counts.good - Math.ceil(0.99 * counts.good)) lastOut = index
  }
  if (lastOut === -1) return 0
  if (lastOut === probes.length - 1) return null
  return Math.max(0, (at(probes.dueUs, lastOut + 1) - fault.atUs) / 1000)
}

/** Index range of the probes that were due from one instant to below another. */
export function dueBetween(frame: Frame, fromUs: number, toUs: number): { from: number; to: number } {
  return { from: firstDueFrom(frame.probes, fromUs), to: firstDueFrom(frame.probes, toUs) }
}

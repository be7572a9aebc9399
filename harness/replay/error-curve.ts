import type { Analysis } from '../analysis/analyse.ts'
import { frameOf, type TrialHistory } from '../analysis/frame.ts'
import { at, type Probes } from '../analysis/probes.ts'

/** When a trial's clients were hurt. Times in ms since the first fault struck. */
export interface ErrorCurve {
  /** Due times of the bad probes that are put down to the faults, ascending. */
  readonly badMs: readonly number[]
  /** What each bad probe stands for: as if all had been down for so long. */
  readonly periodMs: number
  /** Error windows, the first and its relapses; one that did not end ends with the watching. */
  readonly windows: readonly Span[]
  /** Nothing is known after this. */
  readonly watchedMs: number
}

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** `null` when nothing was broken. */
export function errorCurveOf(
  history: Pick<TrialHistory, 'plan' | 'events'>,
  probes: Probes,
  { episodes }: Pick<Analysis, 'episodes'>,
): ErrorCurve | null {
  const frame = frameOf(history, probes)
  if (!frame) return null
  const sinceFaultMs = (us: number) => (us - frame.fault.atUs) / 1000
  const watchedMs = sinceFaultMs(frame.endUs)
  return {
    badMs: frame.bad.map(index => sinceFaultMs(at(probes.dueUs, index))),
    periodMs: frame.periodUs / 1000,
    windows: episodes.map(({ first_bad_ms, window_ms }) => ({
      fromMs: first_bad_ms,
      toMs: window_ms.value === null ? watchedMs : first_bad_ms + window_ms.value.value,
    })),
    watchedMs,
  }
}

/** What the curve amounts to: lost time, as `lost_ms`. */
export function lostMs({ badMs, periodMs }: ErrorCurve): number {
  return badMs.length * periodMs
}

/** The same, watched no longer than that. */
export function watchedUntil(curve: ErrorCurve, ms: number): ErrorCurve {
  if (ms >= curve.watchedMs) return curve
  return {
    ...curve,
    badMs: curve.badMs.filter(badMs => badMs < ms),
    windows: curve.windows
      .filter(({ fromMs }) => fromMs < ms)
      .map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, ms) })),
    watchedMs: ms,
  }
}

import type { Calibration } from '../calibration/judge-calibration.ts'
import type { CalibratedOutage } from '../calibration/judge-outage.ts'
import { tableLines } from './table.ts'

/** For people: each outage with its truth, its bracket and the error, then what all of them say. */
export function renderCalibration(calibration: Calibration): string[] {
  const { outages, summary, status, reasons, rate_per_second } = calibration
  const shownMs = (value: number) => value.toFixed(1)
  const row = ({ way, truth_ms, window_ms, error_ms, bracket, invalid }: CalibratedOutage) => [
    way,
    shownMs((truth_ms.lower + truth_ms.upper) / 2),
    window_ms ? shownMs(window_ms.value) : '–',
    window_ms ? `${shownMs(window_ms.lower)} – ${shownMs(window_ms.upper)}` : '–',
    error_ms === null ? '–' : `${error_ms > 0 ? '+' : ''}${shownMs(error_ms)}`,
    bracket === 'holds-the-truth'
      ? invalid.length === 0
        ? 'ok'
        : 'ok, but would not count'
      : bracket.replaceAll('-', ' '),
  ]
  const heading = ['way', 'truth ms', 'window ms', 'bracket ms', 'error ms', '']
  const periodMs = 1000 / rate_per_second
  const shown = (value: number | null) => (value === null ? '–' : `${shownMs(value)} ms`)
  return [
    ...tableLines([heading, ...outages.map(row)], ['left', 'right', 'right', 'right', 'right', 'left']),
    '',
    `The truth lay inside the bracket in ${summary.bracket_holds} of ${summary.outages}; the window was within two periods (${shownMs(2 * periodMs)} ms) of it in ${summary.within_two_periods}, at most ${shown(summary.longest_error_ms)} off.`,
    `The median bracket is ${shown(summary.median_bracket_ms)} wide. ${summary.valid} of ${summary.outages} measurements would count in a trial.`,
    ...reasons,
    `Calibration: ${status.toUpperCase()}`,
  ]
}

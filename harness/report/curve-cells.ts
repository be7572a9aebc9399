import type { ErrorCurve } from '../replay/error-curve.ts'

/** A stretch of time since the fault in cells of equal length. */
export interface Raster {
  readonly fromMs: number
  readonly cellMs: number
  readonly cells: number
}

const FINEST_MS = 100
const MARGIN_MS = 500

/** All error windows with some room around them, in at most so many cells, each 100 ms long or a round multiple of it. */
export function rasterOf(curves: readonly ErrorCurve[], mostCells: number): Raster {
  const ends = curves.flatMap(({ windows }) => windows.map(({ toMs }) => toMs))
  const beginnings = curves.flatMap(({ windows }) => windows.map(({ fromMs }) => fromMs))
  const toMs = Math.max(0, ...ends) + MARGIN_MS
  const earliestMs = Math.min(0, ...beginnings) - FINEST_MS
  const cellMs = roundLengths().find(length => (toMs - earliestMs) / length <= mostCells - 1) ?? FINEST_MS
  const fromMs = Math.floor(earliestMs / cellMs) * cellMs
  return { fromMs, cellMs, cells: Math.ceil((toMs - fromMs) / cellMs) }
}

/** 100, 200, 500, 1000 … ms, up to more than a day. */
function roundLengths(): number[] {
  return Array.from({ length: 9 }, (_, power) => [1, 2, 5].map(step => step * FINEST_MS * 10 ** power)).flat()
}

/** Share of each cell that was lost, 0 to 1; of several trials the mean. */
export function lostShares(curves: readonly ErrorCurve[], { fromMs, cellMs, cells }: Raster): number[] {
  const shares = Array.from({ length: cells }, () => 0)
  for (const { badMs, periodMs } of curves)
    for (const ms of badMs) {
      const cell = Math.floor((ms - fromMs) / cellMs)
      if (cell >= 0 && cell < cells) shares[cell] = (shares[cell] ?? 0) + periodMs / cellMs / curves.length
    }
  return shares.map(share => Math.min(1, share)) // a cell may hold one probe more than its length has room for
}

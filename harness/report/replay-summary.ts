import pc from 'picocolors'
import type { AnalysedReplay } from '../replay/analyse-replay.ts'
import { type ErrorCurve, lostMs } from '../replay/error-curve.ts'
import { lostShares, type Raster, rasterOf } from './curve-cells.ts'
import { grouped, ms } from './words.ts'

const CELLS = 72
const LEVELS = '▁▂▃▄▅▆▇█'

/**
 * The two error curves over each other, and how alike they are. Lines of text.
 *
 *     stored    ··█████▃······   lost 530 ms
 *     replayed  ··█████▆······   lost 560 ms
 *               0 ms ↑ a cell is 100 ms
 */
export function renderReplaySummary(
  { verdict, stored, replayed }: AnalysedReplay,
  { colour }: { colour: boolean },
): string[] {
  const colours = pc.createColors(colour)
  const shades = { pass: colours.green, fail: colours.red, invalid: colours.yellow }
  const words = { pass: 'ALIKE', fail: 'NOT ALIKE', invalid: 'INVALID' }
  const [before, after] = [stored, replayed].map(trials => trials.map(({ curve }) => curve)) as [
    ErrorCurve[],
    ErrorCurve[],
  ]
  const raster = rasterOf([...before, ...after], CELLS)
  const { likeness } = verdict
  return [
    '',
    row('stored', before, raster),
    row('replayed', after, raster),
    scale(raster),
    '',
    `${shades[verdict.status](words[verdict.status])}${likeness ? `: similarity ${percent(likeness.similarity)}, ${percent(likeness.overlap)} of the error windows in common` : ''}`,
    ...verdict.reasons.map(reason => `  ${reason}`),
  ]
}

function row(name: string, curves: readonly ErrorCurve[], raster: Raster): string {
  if (curves.length === 0) return `  ${name.padEnd(9)} (no valid trial)`
  const losses = curves.map(lostMs).sort((a, b) => a - b)
  const [least = 0, most = 0] = [losses[0], losses.at(-1)]
  const lost =
    losses.length === 1 ? ms(most) : `${grouped(Math.round(least))} to ${ms(most)}, ${losses.length} trials`
  return `  ${name.padEnd(9)} ${lostShares(curves, raster).map(cellOf).join('')}  lost ${lost}`
}

function cellOf(share: number): string {
  return share === 0 ? '·' : (LEVELS[Math.ceil(share * LEVELS.length) - 1] ?? '█')
}

/** The fault struck at the beginning of the marked cell. */
function scale({ fromMs, cellMs }: Raster): string {
  return `${' '.repeat(12 + Math.round(-fromMs / cellMs))}↑ the fault; a cell is ${ms(cellMs)}, as high as the part of it that was lost`
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`
}

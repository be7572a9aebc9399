import { type ErrorCurve, lostMs } from '../replay/error-curve.ts'
import type { ReplayVerdict, TrialDocument } from '../replay/judge-replay.ts'
import type { NamedTrial } from '../replay/replay-record.ts'
import { lostShares, type Raster, rasterOf } from './curve-cells.ts'
import { type Html, html, raw } from './html.ts'
import type { ReportAssets } from './html-report.ts'
import { STYLE } from './style.ts'
import { ms } from './words.ts'

const WORDS = { pass: 'alike', fail: 'not alike', invalid: 'invalid' }
/** More points than a screen has columns only make the file bigger. */
const MOST_POINTS = 1500

/** One file for people, which works from disk: both runs' error curves over each other, and how alike they are. */
export function renderReplayPage(
  verdict: ReplayVerdict,
  stored: readonly NamedTrial[],
  replayed: readonly NamedTrial[],
  assets: ReportAssets,
): string {
  const { likeness } = verdict
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Replay: ${WORDS[verdict.status]}</title>
<style>${raw(assets.chartStyle)}${raw(STYLE)}</style>
<main>
<h1>A replay of ${verdict.of} <span class="status ${verdict.status}">${WORDS[verdict.status]}</span></h1>
${likeness ? html`<p class="sentence">Similarity ${(100 * likeness.similarity).toFixed(0)} %; of the error windows ${(100 * likeness.overlap).toFixed(0)} % is common to both.</p>` : ''}
<ul>${verdict.reasons.map(reason => html`<li>${reason}</li>`)}</ul>
<div id="charts"></div>
<h2>Trials</h2>
<div class="table"><table><thead><tr><th scope="col">run</th><th scope="col">trial</th><th scope="col">lost</th><th scope="col">error windows, since the fault</th></tr></thead>
<tbody>${verdict.stored.map(trial => rowOf('stored', trial))}${verdict.replayed.map(trial => rowOf('replayed', trial))}</tbody></table></div>
<h2>What the figures mean</h2>
<p>A run’s curve is the time that its clients had lost, since the fault: each bad probe counts for one period of theirs. The gap is the largest distance between two curves at any moment. Similarity is one less the gap’s part of the larger loss: 100 % for equal curves, 0 % when the one had lost all before the other lost anything. Of several trials the middle of all pairs counts. A gap is no difference up to the largest of these: 100 ms, a tenth of the loss, the brackets of both error windows together, the largest gap between trials of one run.</p>
</main>
<script type="application/json" id="data">${raw(JSON.stringify(chartData(stored, replayed)).replaceAll('<', '\\u003c'))}</script>
<script>${raw(assets.chartLibrary)}</script>
<script>${raw(assets.client)}</script>
</html>
`.text
}

function rowOf(run: string, { trial, lost_ms, windows }: TrialDocument): Html {
  const spans = windows.map(({ from_ms, to_ms }) => `${ms(from_ms)} to ${ms(to_ms)}`).join('; ') || 'none'
  return html`<tr><td>${run}</td><td>${trial}</td><td>${ms(lost_ms)}</td><td>${spans}</td></tr>
`
}

/** Ready for uPlot: each an array over the same x. Times in seconds since the fault. */
function chartData(stored: readonly NamedTrial[], replayed: readonly NamedTrial[]) {
  const runs = { stored: stored.map(({ curve }) => curve), replayed: replayed.map(({ curve }) => curve) }
  const raster = rasterOf([...runs.stored, ...runs.replayed], MOST_POINTS)
  const edgesMs = Array.from({ length: raster.cells }, (_, cell) => raster.fromMs + cell * raster.cellMs)
  return {
    cellMs: raster.cellMs,
    xs: edgesMs.map(edgeMs => Number((edgeMs / 1000).toFixed(3))),
    lostPercent: {
      stored: percentOf(runs.stored, raster),
      replayed: percentOf(runs.replayed, raster),
    },
    lostMs: [
      ...stored.map(trial => ({ run: 'stored', ...cumulative(trial, edgesMs) })),
      ...replayed.map(trial => ({ run: 'replayed', ...cumulative(trial, edgesMs) })),
    ],
  }
}

function percentOf(curves: readonly ErrorCurve[], raster: Raster): number[] {
  return curves.length === 0 ? [] : lostShares(curves, raster).map(share => Number((100 * share).toFixed(1)))
}

function cumulative({ name, curve }: NamedTrial, edgesMs: readonly number[]) {
  let bad = 0
  const values = edgesMs.map(edgeMs => {
    while (bad < curve.badMs.length && (curve.badMs[bad] ?? 0) < edgeMs) bad += 1
    return Number((bad * curve.periodMs).toFixed(1))
  })
  return { name, total: lostMs(curve), values }
}

import type { Analysis } from '../analysis/analyse.ts'
import type { Bracketed, Measured } from '../analysis/metrics.ts'
import { peerFinder } from '../analysis/peers.ts'
import type { Probes } from '../analysis/probes.ts'
import type { HistoryEvent } from '../history/event.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import type { VerdictDocument } from '../verdict/judge.ts'
import { faultLines } from './fault-lines.ts'
import { escapeHtml, type Html, html, raw } from './html.ts'
import { chartSeries } from './series.ts'
import { STYLE } from './style.ts'
import { bracketed, done, grouped, ms, sentence } from './words.ts'

export interface ReportedTrial {
  readonly manifest: {
    readonly plan: TrialPlan
    readonly startedAt: string
    readonly zonefall: string
    readonly rerun: string
  }
  readonly analysis: Analysis
  readonly events: readonly HistoryEvent[]
  readonly probes: Probes
}

/** Scripts and styles that go into the page, so that it works from disk without a network. */
export interface ReportAssets {
  readonly chartLibrary: string
  readonly chartStyle: string
  readonly client: string
}

/** One file for people, made from a run's verdict and history and from nothing else. */
export function renderReport(
  verdict: VerdictDocument,
  trials: readonly ReportedTrial[],
  assets: ReportAssets,
): string {
  const data = trials.flatMap((trial, index) => chartData(trial, index) ?? [])
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${verdict.experiment}: ${verdict.status}</title>
<style>${raw(assets.chartStyle)}${raw(STYLE)}</style>
<main>
<header>
<h1>${verdict.experiment} <span class="status ${verdict.status}">${verdict.status}</span></h1>
${trials.map(({ manifest, analysis }) => html`<p class="sentence">${sentence(manifest.plan, analysis)}</p>`)}
${verdict.reasons.length > 0 ? html`<ul>${verdict.reasons.map(reason => html`<li>${reason}</li>`)}</ul>` : ''}
</header>
<h2>SLOs</h2>
${table(
  ['rule', 'status', 'observed', 'margin'],
  verdict.slos.map(slo => [slo.rule, slo.status, slo.observed ?? '–', slo.margin ?? slo.reason ?? '–']),
)}
<p>${verdict.proves}</p>
${trials.map((trial, index) => trialSection(trial, index, trials.length))}
<h2>Run it again</h2>
<pre>${trials[0]?.manifest.rerun ?? ''}</pre>
<p>System <code>${verdict.system}</code>. The raw history is beside this file: <code>trial-N/events.ndjson</code>, <code>trial-N/samples.bin</code>.</p>
</main>
<script type="application/json" id="data">${raw(JSON.stringify(data).replaceAll('<', '\\u003c'))}</script>
<script>${raw(assets.chartLibrary)}</script>
<script>${raw(assets.client)}</script>
</html>
`
  return page.text
}

function trialSection({ analysis, manifest, events }: ReportedTrial, index: number, trials: number): Html {
  const { metrics, timeline, validity } = analysis
  const invalid = validity.status === 'invalid' ? validity.reasons : []
  return html`<section>
<h2>${trials > 1 ? `Trial ${index + 1}` : 'The trial'}: ${done(manifest.plan)}</h2>
${faultsTold(manifest.plan, events)}
${invalid.map(({ text, advice }) => html`<p class="invalid"><strong>Invalid:</strong> ${text} ${advice}</p>`)}
<div class="charts" id="charts-${index}"></div>
${
  timeline
    ? html`<h3>Timeline, since the fault</h3>${table(
        ['mark', 'at', 'bound'],
        Object.entries(timeline).map(([mark, at]) => timelineRow(mark, at)),
      )}`
    : ''
}
<h3>Metrics</h3>
${table(
  ['metric', 'value'],
  Object.entries(metrics).map(([name, measured]) => [name, metricText(name, measured)]),
)}
</section>`
}

/** What was read back says, too, by what means it was done. */
function faultsTold(plan: TrialPlan, events: ReportedTrial['events']): Html | Html[] {
  const lines = faultLines(plan, events)
  if (lines.length === 1)
    return lines.map(({ detail }) => html`<p>The fault, as it was read back: ${detail}.</p>`)
  const seconds = (at: number | null) => (at === null ? '–' : `${at.toFixed(2)} s`)
  return html`<h3>Faults, since the first of them</h3>${table(
    ['fault', 'container', 'from', 'to', 'as it was read back'],
    lines.map(({ kind, name, from, to, detail }) => [kind, name, seconds(from), seconds(to), detail]),
  )}`
}

function timelineRow(mark: string, measured: Measured<Bracketed>): (string | number)[] {
  const name = mark.replaceAll('_', ' ')
  if (measured.value === null) return [name, '–', measured.reason]
  const { value, lower, upper } = measured.value
  return [name, ms(value), `${grouped(Number(lower.toFixed(1)))} to ${grouped(Number(upper.toFixed(1)))} ms`]
}

function metricText(name: string, measured: Measured<unknown>): string {
  if (measured.value === null) return `– (${(measured as { reason: string }).reason})`
  const { value } = measured
  if (typeof value === 'number') return name.endsWith('_ms') ? ms(value) : String(Number(value.toFixed(4)))
  if (typeof value === 'object' && value !== null && 'upper' in value)
    return bracketed(value as unknown as Bracketed)
  return Object.entries(value as object)
    .map(
      ([key, part]) =>
        `${key}: ${typeof part === 'object' && part !== null ? spread(part) : part === null ? '–' : ms(Number(part))}`,
    )
    .join('; ')
}

function spread(shares: object): string {
  return Object.entries(shares)
    .map(([name, share]) => `${name} ${(100 * Number(share)).toFixed(1)} %`)
    .join(', ')
}

function chartData({ events, probes, manifest }: ReportedTrial, index: number) {
  const inject = events.find(event => event.type === 'fault' && event.action === 'inject')
  if (!inject) return null
  const { plan } = manifest
  const peerOf = peerFinder(events, plan.peers)
  return {
    id: `charts-${index}`,
    shades: shadesOf(plan, events),
    ...chartSeries(probes, inject.atUs, instance => peerOf(instance)?.name ?? null),
  }
}

/** The times that something was broken, each from and to; those of several targets at once are one. */
function shadesOf(plan: TrialPlan, events: ReportedTrial['events']): [from: number, to: number][] {
  const shades = faultLines(plan, events).flatMap(({ from, to }): [number, number][] =>
    from === null ? [] : [[Number(from.toFixed(3)), Number((to ?? from).toFixed(3))]],
  )
  return shades.filter(
    ([from, to], place) =>
      !shades.some(([otherFrom, otherTo], other) => {
        const isSame = Math.abs(otherFrom - from) < NEAR && Math.abs(otherTo - to) < NEAR
        return isSame && other < place
      }),
  )
}

/** Struck together, in seconds. */
const NEAR = 0.1

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): Html {
  return html`<div class="table"><table><thead><tr>${head.map(cell => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(row => html`<tr>${row.map((cell, column) => raw(`<td${column === 0 ? ' class="name"' : ''}>${escapeHtml(String(cell))}</td>`))}</tr>`)}</tbody></table></div>`
}

import type { CapacityVerdict, JudgedCondition } from '../capacity/judge-capacity.ts'
import { RULE, type StepResult } from '../capacity/judge-step.ts'
import { curveOf } from './capacity-curve.ts'
import { modelLines } from './capacity-model.ts'
import { cappedBy, generatorLimit, headline, rate, whatWasFound } from './capacity-summary.ts'
import { type Html, html, raw } from './html.ts'
import { STYLE } from './style.ts'
import { ms } from './words.ts'

/** One file for people, which works from disk: N and N−1, latency against rate, every step, the model. */
export function renderCapacityPage(verdict: CapacityVerdict): string {
  const { system, status, conditions, generator, limits, resolution, fault } = verdict
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${system}, capacity: ${headline(verdict).toLowerCase()}</title>
<style>${raw(STYLE)}</style>
<main>
<h1>${system}: what does it carry, and what without a zone? <span class="status ${status}">${headline(verdict).toLowerCase()}</span></h1>
<p class="sentence">${whatWasFound(verdict)}</p>
${verdict.reasons.length > 0 ? html`<ul>${verdict.reasons.map(reason => html`<li>${reason}</li>`)}</ul>` : ''}
<h2>Latency against rate</h2>
${curveOf(verdict)}
<div class="table"><table><thead><tr><th scope="col">condition</th><th scope="col">carried</th><th scope="col">not carried</th><th scope="col">limited by</th></tr></thead>
<tbody>${conditions.map(rowOf)}</tbody></table></div>
${generator ? html`<p>The load generator by itself: ${rate(generator.carried ?? 0)} (limited by: ${generatorLimit(generator)}).</p>` : ''}
${verdict.cpu_shares.map(({ cpus, services }) => html`<p>Each instance of ${services.join(', ')} had ${cpus} CPUs for this search.</p>`)}
<h2>The model</h2>
${modelLines(verdict).map(line => html`<p>${line}</p>`)}
<h2>The steps</h2>
${conditions.map(stepsOf)}
<h2>The rule</h2>
<p>A rate is carried when at least ${limits.minSuccess * 100} % of the requests were good, their p99 was at most ${limits.maxP99Ms} ms, and ${RULE.achieved * 100} % of the rate was answered (less what chance may take at a step’s edges). Searched to ${(resolution * 100).toFixed(0)} %; a zone was lost by ${fault}.</p>
</main>
</html>
`.text
}

function rowOf({ condition, carried, failed, note, ...result }: JudgedCondition): Html {
  return html`<tr><th scope="row">${condition}</th><td>${carried === null ? '–' : rate(carried)}</td><td>${failed === null ? '–' : rate(failed)}</td><td>${cappedBy(result)}${note === null ? '' : html`<br>${note}`}</td></tr>
`
}

function stepsOf({ condition, steps }: JudgedCondition): Html {
  return html`<h3>${condition}</h3>
<div class="table"><table><thead><tr><th scope="col">rate</th><th scope="col">answered</th><th scope="col">bad</th><th scope="col">p50</th><th scope="col">p99</th><th scope="col">machine busy</th><th scope="col">carried</th></tr></thead>
<tbody>${steps.map(stepRow)}</tbody></table></div>
`
}

function stepRow({
  passed,
  achieved,
  bad,
  requests,
  p50_ms: p50Ms,
  p99_ms: p99Ms,
  busy,
  reasons,
  ...step
}: StepResult): Html {
  const time = (value: number | null) => (value === null ? '–' : ms(value))
  return html`<tr><td>${rate(step.rate)}</td><td>${rate(achieved)}</td><td>${bad} of ${requests}</td><td>${time(p50Ms)}</td><td>${time(p99Ms)}</td><td>${(100 * busy).toFixed(0)} %</td><td>${passed ? 'yes' : `no: ${reasons.join('; ')}`}</td></tr>
`
}

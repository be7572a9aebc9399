import type { AuditedCell, AuditedComponent, AuditVerdict } from '../audit/judge-audit.ts'
import { timeOf, whatWasFound } from './audit-summary.ts'
import { type Html, html, raw } from './html.ts'
import { STYLE } from './style.ts'

const AUDIT_STYLE = `
.word { font-weight: 600 } .word.redundant { color: #2c8047 } .word.SPOF { color: #cc3d33 }
.word.degraded, .word.inconclusive { color: #a06a00 } :is(td, th) small { display: block; font-weight: normal }
@media (prefers-color-scheme: dark) { .word.redundant { color: #6cc287 } .word.SPOF { color: #f08a80 }
.word.degraded, .word.inconclusive { color: #e0b050 } }
`

/** One file for people, which works from disk: the matrix, each of its cells a link to its trial's own report. */
export function renderAuditPage(audit: AuditVerdict): string {
  const { rule } = audit
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${audit.system}, audit: ${audit.status}</title>
<style>${raw(STYLE)}${raw(AUDIT_STYLE)}</style>
<main>
<h1>${audit.system}: where are its single points of failure? <span class="status ${audit.status}">${audit.status}</span></h1>
<p class="sentence">${whatWasFound(audit)}</p>
<div class="table"><table><thead><tr><th scope="col">component</th>${audit.faults.map(fault => html`<th scope="col">${fault}</th>`)}</tr></thead>
<tbody>${audit.components.map(component => rowOf(component, audit))}</tbody></table></div>
${audit.reasons.length > 0 ? html`<h2>What decides</h2><ul>${audit.reasons.map(reason => html`<li>${reason}</li>`)}</ul>` : ''}
<h2>The rule</h2>
<p>Each fault held for ${rule.holdMs} ms. SPOF: at least ${rule.mostLost * 100} % of the probes were lost while it held and the last ${rule.cleanMs} ms of it were not clean, or nothing was answered for more than ${rule.longestOutageMs} ms. Redundant: no probe was lost but those in flight, and the latency was back in its band within ${rule.slowMs} ms. Degraded: what lies between. Steady is a window of ${rule.steadyWindowMs} ms.</p>
</main>
</html>
`.text
}

function rowOf({ component, accepted, cells }: AuditedComponent, { faults }: AuditVerdict): Html {
  const note = accepted === null ? '' : html`<small>accepted: ${accepted}</small>`
  return html`<tr><th scope="row">${component}${note}</th>${faults.map(fault => cellOf(cells.find(cell => cell.fault === fault)))}</tr>
`
}

function cellOf(cell: AuditedCell | undefined): Html {
  if (!cell) return html`<td>not tried</td>`
  const { word, folder, metrics, held, reason } = cell
  const window = timeOf(metrics.error_window_ms?.value ?? null, metrics.error_window_ms_at_least)
  const recovery = timeOf(metrics.recovery_ms, metrics.recovery_ms_at_least)
  const lost = held?.lostShare ?? null
  return html`<td><a class="word ${word}" href="${folder}/report.html">${word}</a>
<small>window ${window}, recovery ${recovery}, lost ${lost === null ? '–' : `${(100 * lost).toFixed(0)} %`}</small><small>${reason}</small></td>`
}

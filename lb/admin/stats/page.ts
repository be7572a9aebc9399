import { createHash } from 'node:crypto'
import { age, GROUPS } from './page-columns.ts'
import { STYLE } from './page-style.ts'
import type { StatsRow } from './rows.ts'
import type { StatsSource } from './source.ts'

const REFRESH_SECONDS = 5
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** The page loads nothing, runs nothing, and sends nothing. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'`,
  refresh: String(REFRESH_SECONDS),
}

/** On a narrow screen a cell stands alone, and says its group too. */
const COLUMNS = GROUPS.flatMap(group =>
  group.columns.map(column => ({ ...column, label: `${group.title}: ${column.title.toLowerCase()}` })),
)

/** HAProxy's statistics page: a table a proxy; on a narrow screen a card a row. */
export function statsPage(rows: readonly StatsRow[], source: StatsSource): string {
  const { config, phase, atMs, startedMs } = source
  const proxies = [...new Set(rows.map(row => row['pxname']))]
  const tables = proxies.map(name =>
    table(
      String(name),
      rows.filter(row => row['pxname'] === name),
    ),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(config.frontend.name)}: statistics</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Zonefall balancer: ${escapeHtml(config.frontend.name)}</h1>
<p>${phase === 'serving' ? 'Serving' : 'Draining'}, up ${age(Math.floor((atMs - startedMs) / 1_000))}, as of ${new Date(atMs).toISOString()}. Refreshes every ${REFRESH_SECONDS} s.</p>
<p>The same for machines: <a href="/stats;csv">CSV in HAProxy’s columns</a>, <a href="/metrics">Prometheus</a>, <a href="/v1/servers">JSON</a>.</p>
</header>
<main>
${tables.join('\n')}
</main>
</body>
</html>
`
}

function table(name: string, rows: readonly StatsRow[]): string {
  const groups = GROUPS.map(
    ({ title, columns }) => `<th colspan="${columns.length}" scope="colgroup">${title}</th>`,
  )
  const titles = COLUMNS.map(
    ({ title }) => `<th scope="col"${title === 'Status' ? ' class="status"' : ''}>${title}</th>`,
  )
  return `<section>
<h2>${escapeHtml(name)}</h2>
<div class="scroll">
<table>
<thead>
<tr><th></th>${groups.join('')}</tr>
<tr><th scope="col">Name</th>${titles.join('')}</tr>
</thead>
<tbody>
${rows.map(line).join('\n')}
</tbody>
</table>
</div>
</section>`
}

function line(row: StatsRow): string {
  const cells = COLUMNS.map(({ title, label, cell }) => {
    const text = escapeHtml(String(cell(row) ?? ''))
    if (title === 'Status')
      return `<td class="status" data-label="${label}"><span class="${tone(row)}">${text}</span></td>`
    return `<td data-label="${label}"${text === '' ? ' class="empty"' : ''}>${text}</td>`
  })
  const total = row['svname'] === 'FRONTEND' || row['svname'] === 'BACKEND'
  return `<tr${total ? ' class="total"' : ''}><td>${escapeHtml(String(row['svname']))}</td>${cells.join('')}</tr>`
}

/** In rotation and well; in rotation in spite of something, or out of it on purpose; broken. */
function tone({ status }: StatsRow): 'good' | 'warn' | 'bad' {
  if (status === 'UP' || status === 'OPEN') return 'good'
  return String(status).startsWith('DOWN') ? 'bad' : 'warn'
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => ENTITIES[character] ?? character)
}

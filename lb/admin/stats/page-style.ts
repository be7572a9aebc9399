export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --warn: #9a6700; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --warn: #d29922; --bad: #f85149; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 90rem; font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.2rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
header p { margin: .2rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child, .status { text-align: left; }
thead th { font-weight: 600; }
thead tr:first-child th { text-align: center; border-left: 1px solid var(--line); }
tr.total { background: var(--soft); }
tr.total td { font-weight: 600; }
.status span::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .4em; border-radius: 50%; background: var(--tone); }
.good { --tone: var(--good); } .warn { --tone: var(--warn); } .bad { --tone: var(--bad); }
@media (max-width: 45rem) {
  thead { display: none; }
  table, tbody, tr { display: block; }
  tr { margin-bottom: .8rem; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; }
  td { display: flex; justify-content: space-between; gap: 1rem; padding: .15rem 0; border: 0; white-space: normal; }
  td:first-child { font-weight: 700; }
  td[data-label]::before { content: attr(data-label); opacity: .75; }
  td.empty { display: none; }
  .status { text-align: right; }
}
`

import { expect, test } from 'vitest'
import { analyse } from '../analysis/analyse.ts'
import { probesOf } from '../analysis/probes.ts'
import { historyOf, type Scenario } from '../analysis/testing/history-builder.ts'
import { judge } from '../verdict/judge.ts'
import { html } from './html.ts'
import { renderReport } from './html-report.ts'
import { renderSummary } from './summary.ts'

const ASSETS = { chartLibrary: '/* charts */', chartStyle: '', client: '/* client */' }

function runOf(scenario: Scenario) {
  const history = historyOf(scenario)
  const analysis = analyse(history)
  const manifest = {
    plan: history.plan,
    startedAt: '2026-11-24T12:00:00.000Z',
    zonefall: '0.1.0',
    rerun: 'npx zonefall run test',
  }
  const verdict = judge({
    wanted: 1,
    experiment: history.plan.experiment,
    system: 'test',
    seed: 1,
    slos: history.plan.slos,
    trials: [analysis],
    results: 'results/test',
  })
  return {
    verdict,
    trials: [{ manifest, analysis, events: history.events, probes: probesOf(history.samples) }],
  }
}

const summaryOf = (scenario: Scenario) => renderSummary([runOf(scenario)], { colour: false }).join('\n')

test('of many runs three stand side by side, and each is explained', () => {
  const runs = Array.from({ length: 4 }, () => runOf({}))
  const lines = renderSummary(runs, { colour: false })
  const verdicts = lines
    .filter(line => line.startsWith('verdict'))
    .map(line => line.trim().split(/\s+/).length)
  expect(verdicts).toEqual([4, 2])
  expect(lines.filter(line => line.endsWith(':')).length).toBe(4)
})
const DOWN: Scenario = { outages: [{ fromMs: 0, toMs: 900, manner: 'refused' }] }

test('the summary tells what it cost, over what time, and how it was judged', () => {
  const summary = summaryOf(DOWN)
  expect(summary).toMatch(/verdict +(PASS|FAIL)/)
  expect(summary).toMatch(/error window +9\d\d ms \(\d+–\d+\)/)
  expect(summary).toMatch(/Losing gateway-a, one of 3, cost \d+ of [\d\u202f]+ probes over 9\d\d ms/)
})

test('without a bad probe the summary says so', () => {
  expect(summaryOf({})).toContain('cost no probe')
})

test('an invalid trial says nothing but why', () => {
  const summary = summaryOf({ outages: [{ fromMs: -1000, toMs: -900, manner: 'status' }] })
  expect(summary).toContain('INVALID')
  expect(summary).toMatch(/This trial says nothing: .*before anything was broken/)
  expect(summary).not.toContain('not measured:')
})

test('the report is one file with the verdict, the metrics and every bad probe', () => {
  const run = runOf(DOWN)
  const page = renderReport(run.verdict, run.trials, ASSETS)
  expect(page).not.toMatch(/(?:src|href)=/) // nothing is fetched
  const [, json = '[]'] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page) ?? []
  const [chart] = JSON.parse(json)
  const bad = chart.points.badMs.filter((value: number | null) => value !== null)
  expect(bad).toHaveLength(run.trials[0]?.analysis.metrics.lost_requests.value ?? -1)
  expect(chart.points.xs).toHaveLength(chart.points.goodMs.length)
})

test('what comes from outside is text in the report, never markup', () => {
  const run = runOf(DOWN)
  const page = renderReport({ ...run.verdict, reasons: ['<script>alert(1)</script>'] }, run.trials, ASSETS)
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).not.toContain('<script>alert(1)')
  expect(html`<p>${'a & "b"'}</p>`.text).toBe('<p>a &amp; &quot;b&quot;</p>')
})

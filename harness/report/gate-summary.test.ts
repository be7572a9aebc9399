import { expect, test } from 'vitest'
import type { MetricComparison } from '../comparison/compare-sides.ts'
import type { GateVerdict } from '../gate/judge-gate.ts'
import { renderGateSummary } from './gate-summary.ts'

const rose: MetricComparison = {
  metric: 'error_window_ms',
  finding: 'regression',
  stage: 2,
  trials_each: 10,
  base: 310.4,
  candidate: 480,
  ratio: 1.54839,
  chance: 0.0000108251,
}
const unseen: MetricComparison = {
  ...rose,
  metric: 'recovery_ms',
  candidate: null,
  ratio: null,
  chance: 0.004,
}
const missing: MetricComparison = {
  ...unseen,
  metric: 'detection_ms',
  finding: 'not compared',
  base: null,
  chance: null,
}

function linesOf(metrics: readonly MetricComparison[]): string[] {
  const verdict: GateVerdict = {
    schema: 1,
    status: 'fail',
    reasons: ['error_window_ms regressed.'],
    experiment: 'gateway-kill',
    system: 'zonefall',
    seed: 7,
    trials: [],
    slos: [{ rule: 'error_window_ms max < 2500', status: 'pass', observed: 500, margin: 2000 }],
    proves: 'No violation.',
    baseline: 'main (0b1d24f7a3c1)',
    comparison: { finding: 'regression', stage: 2, metrics },
    results: 'results/x',
  }
  return renderGateSummary(verdict, { colour: false })
}

test('a row for each metric, in words that need no statistics', () => {
  const lines = linesOf([rose, unseen, missing])
  expect(lines).toContain('gateway-kill: this tree against main (0b1d24f7a3c1): FAIL')
  const row = (metric: string) => lines.find(line => line.startsWith(metric))?.split(/ {2,}/)
  expect(row('error_window_ms')).toEqual([
    'error_window_ms',
    '310 ms',
    '480 ms',
    '1.55',
    '< 0.1 %',
    '10',
    'regression',
  ])
  expect(row('recovery_ms')).toEqual(['recovery_ms', '310 ms', '–', 'far above', '0.4 %', '10', 'regression'])
  expect(row('detection_ms')).toEqual(['detection_ms', '–', '–', '–', '–', '10', 'not compared'])
  expect(lines).toContain('  pass         error_window_ms max < 2500  (the candidate: 500)')
})

test('where nothing was compared, nothing is explained', () => {
  expect(linesOf([missing]).join('\n')).not.toContain('by chance:')
})

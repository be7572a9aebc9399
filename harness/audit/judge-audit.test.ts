import { expect, test } from 'vitest'
import { analyse } from '../analysis/analyse.ts'
import { frameOf } from '../analysis/frame.ts'
import { probesOf } from '../analysis/probes.ts'
import { historyOf, type Scenario } from '../analysis/testing/history-builder.ts'
import type { Member } from '../plan/members.ts'
import { renderAuditPage } from '../report/audit-page.ts'
import { renderAuditSummary } from '../report/audit-summary.ts'
import type { AuditRecord } from './audit-record.ts'
import { componentsOf } from './component.ts'
import { heldOf } from './held.ts'
import { judgeAudit, type TriedCell } from './judge-audit.ts'
import { AUDIT_TIMING } from './plan-cell.ts'

const member = (service: string, zone: string | null): Member => ({ service, number: 1, zone, tier: null })
const record: AuditRecord = {
  schema: 1,
  system: 'zonefall-shop',
  file: '/shop/docker-compose.yml',
  resolvedSha256: '',
  url: null,
  keys: { zone: 'zone', tier: 'tier' },
  instanceHeader: 'x-instance',
  seed: 1,
  timing: AUDIT_TIMING,
  faults: ['kill'],
  components: componentsOf({
    members: [member('proxy', null), member('web-a', 'a'), member('web-b', 'b')],
    entryServices: ['proxy'],
  }),
  accepted: {},
}

const spof: Scenario = { outages: [{ fromMs: 0, toMs: 3100, manner: 'refused' }] }
const unknown: Scenario = { answeredBy: () => 1 }

function tried(scenario: Scenario): TriedCell {
  const history = historyOf(scenario)
  const frame = frameOf(history, probesOf(history.samples))
  return { analysis: analyse(history), held: frame && heldOf(frame), tookMs: 9000 }
}

function judged(scenarios: Record<string, Scenario>, changes: Partial<AuditRecord> = {}) {
  const cells = Object.entries(scenarios).map(
    ([name, scenario]) => [`${name}-kill`, tried(scenario)] as const,
  )
  return judgeAudit({ record: { ...record, ...changes }, tried: new Map(cells), results: 'results/x' })
}

test('a SPOF that nobody accepted fails, whatever else there is', () => {
  const audit = judged({ 'proxy-1': spof, 'web-a-1': unknown, 'web-b-1': {} })
  expect(audit.status).toBe('fail')
  expect(audit.reasons[0]).toMatch(/^proxy-1 kill: SPOF: 9\d|100 %/)
})

test('an accepted SPOF passes, and says by whom; it is a SPOF all the same', () => {
  const audit = judged(
    { 'proxy-1': spof, 'web-a-1': {}, 'web-b-1': {} },
    { accepted: { 'proxy-1': 'replicated' } },
  )
  expect(audit).toMatchObject({ status: 'pass', reasons: [] })
  expect(audit.components[0]).toMatchObject({ accepted: 'replicated', cells: [{ word: 'SPOF' }] })
  const text = renderAuditSummary(audit, { colour: false }).join('\n')
  expect(text).toContain('SPOF (accepted)')
  expect(text).toContain('3 tried: 2 redundant, 0 degraded, 1 SPOF, 0 inconclusive.')
})

test('a cell that could not be judged is inconclusive, and so is an audit in which nothing was tried', () => {
  expect(judged({ 'proxy-1': {}, 'web-a-1': unknown }).status).toBe('inconclusive')
  expect(judged({})).toMatchObject({ status: 'inconclusive', reasons: ['Nothing was tried.'] })
})

test('what was left out is named, and decides nothing', () => {
  const audit = judged({ 'proxy-1': {} })
  expect(audit).toMatchObject({
    status: 'pass',
    left_out: [
      { component: 'web-a-1', fault: 'kill' },
      { component: 'web-b-1', fault: 'kill' },
    ],
  })
  expect(renderAuditSummary(audit, { colour: false }).join('\n')).toContain(
    'Left out, since the audit was over before: web-a-1 (kill), web-b-1 (kill).',
  )
})

test('a peer that an earlier fault left down spoils the word of a later target', () => {
  const withoutThird: Scenario = { ...spof, answeredBy: k => k % 2 }
  const audit = judged({ 'proxy-1': {}, 'web-a-1': withoutThird })
  expect(audit.components[1]?.cells[0]).toMatchObject({
    word: 'inconclusive',
    reason: expect.stringContaining('gateway-c had carried traffic before, and carried none'),
  })
})

test('the page has a row a component, and links each cell to its own report', () => {
  const page = renderAuditPage(judged({ 'proxy-1': spof }))
  expect(page).toContain('<a class="word SPOF" href="proxy-1-kill/report.html">SPOF</a>')
  expect(page).toContain('<td>not tried</td>')
})

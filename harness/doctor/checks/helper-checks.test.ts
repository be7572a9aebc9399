import { describe, expect, it, test } from 'vitest'
import { parseAttempts } from '../network-script.ts'
import { conntrack } from './conntrack.ts'
import { iptables } from './iptables.ts'
import { netem } from './netem.ts'
import { judgeNetworkHelper } from './network-helper.ts'
import { judgeProcessHelper } from './process-helper.ts'
import { redirect } from './redirect.ts'
import { statistic } from './statistic.ts'
import { tbf } from './tbf.ts'

/** As printed by a helper on a kernel without netem. */
const WITHOUT_NETEM = `admin 0
tbf 0
netem 2 Error: Specified qdisc kind is unknown.
iptables 0
statistic 0
redirect 0
conntrack 0 conntrack v1.4.7 (conntrack-tools): 0 flow entries have been shown.
`

/** As printed without NET_ADMIN. */
const WITHOUT_RIGHTS = `admin 2 RTNETLINK answers: Operation not permitted
tbf 2 RTNETLINK answers: Operation not permitted
netem 2 RTNETLINK answers: Operation not permitted
iptables 4 iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)
statistic 1
`

const CHECKS = { iptables, statistic, redirect, conntrack, tbf, netem }

function statuses(output: string) {
  const attempts = parseAttempts(output)
  return Object.entries(CHECKS).map(([name, { judge }]) => `${name} ${judge(attempts.get(name)).status}`)
}

describe('what was tried in the namespace', () => {
  it('a kernel without netem: that alone is limited, with the kernel’s words and what is used instead', () => {
    expect(statuses(WITHOUT_NETEM)).toEqual([
      'iptables fine',
      'statistic fine',
      'redirect fine',
      'conntrack fine',
      'tbf fine',
      'netem limited',
    ])
    const finding = netem.judge(parseAttempts(WITHOUT_NETEM).get('netem'))
    expect(finding.detail).toBe('Error: Specified qdisc kind is unknown.')
    expect(finding.advice).toMatch(/^Instead of it: the statistic match for loss/)
  })

  it('what was not tried, or said nothing, is not fine', () => {
    expect(statuses(WITHOUT_RIGHTS).every(line => line.endsWith('limited'))).toBe(true)
    expect(statuses('sh: 1: cannot fork').every(line => line.endsWith('limited'))).toBe(true)
  })
})

test.each([
  ['works', WITHOUT_NETEM, 'yes', 'fine'],
  ['is not seen by its target', WITHOUT_NETEM, 'no', 'limited'],
  ['may not', WITHOUT_RIGHTS, 'no', 'limited'],
  ['did not run', '', 'no', 'limited'],
] as const)('a network helper that %s', (_name, output, seen, status) => {
  expect(judgeNetworkHelper(parseAttempts(output).get('admin'), seen).status).toBe(status)
})

test.each([
  ['killed its target', { kind: 'sent', targetExitCode: 137 }, 'fine'],
  ['killed something else', { kind: 'sent', targetExitCode: 0 }, 'limited'],
  ['may not', { kind: 'refused', said: 'sh: 1: kill: Operation not permitted' }, 'limited'],
] as const)('a process helper that %s', (_name, outcome, status) => {
  expect(judgeProcessHelper(outcome).status).toBe(status)
})

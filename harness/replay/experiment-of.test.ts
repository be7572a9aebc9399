import { expect, test } from 'vitest'
import { historyOf } from '../analysis/testing/history-builder.ts'
import { type Strike, withStrikes } from '../plan/trial-plan.ts'
import { experimentOf } from './experiment-of.ts'

const { plan } = historyOf()
const words = { name: 'x', title: 'x', shows: 'x', expected: 'x' }

/** One after another, on the first so many of three gateways. */
function rollOut(targets: number) {
  const peers = plan.peers.map(peer => ({ ...peer, tier: 'gateway' }))
  const fault = { kind: 'deploy', effect: 'silence', rollOut: 'to-all' } as const
  const strikes = peers.slice(0, targets).map(
    (target, place): Strike => ({
      entry: 0,
      fault,
      target,
      atMs: 0,
      untilMs: plan.timing.holdMs,
      ...(place > 0 ? { afterReady: place - 1 } : {}),
    }),
  )
  return experimentOf(withStrikes({ ...plan, peers }, strikes), words).faults?.map(({ target }) => target)
}

test('a roll-out is one line, which strikes no more than it did', () => {
  expect(rollOut(3)).toEqual([{ tier: 'gateway', all: true }])
  expect(rollOut(2)).toEqual([{ tier: 'gateway', count: 2 }])
})

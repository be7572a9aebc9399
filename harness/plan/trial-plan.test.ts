import { expect, test } from 'vitest'
import { historyOf } from '../analysis/testing/history-builder.ts'
import { type Strike, strikesOf, targetsOf, withStrikes } from './trial-plan.ts'

const { plan } = historyOf()
const [a, b] = plan.peers as [Strike['target'], Strike['target']]
const other = { ...a, id: 'f'.repeat(64), name: 'app-a', tier: 'app' }

test('a plan without a list of strikes strikes all its targets for the whole hold', () => {
  expect(strikesOf({ ...plan, alsoStruck: [b] })).toEqual(
    [a, b].map(target => ({ entry: 0, fault: plan.fault, target, atMs: 0, untilMs: plan.timing.holdMs })),
  )
})

test('a part of a plan is a plan: targets and peers follow from the strikes', () => {
  const strike = (target: Strike['target'], atMs: number): Strike => ({
    entry: 0,
    fault: plan.fault,
    target,
    atMs,
    untilMs: 3000,
  })
  const whole = withStrikes({ ...plan, otherPeers: [[other]] }, [
    strike(other, 2000),
    strike(b, 1000),
    strike(b, 500),
  ])
  expect(whole.strikes?.map(({ atMs }) => atMs)).toEqual([500, 1000, 2000])
  expect(targetsOf(whole)).toEqual([b, other])
  expect([whole.peers, whole.otherPeers]).toEqual([plan.peers, [[other]]])
  const part = withStrikes(whole, [strike(other, 2000)])
  expect(targetsOf(part)).toEqual([other])
  expect([part.peers, part.otherPeers]).toEqual([[other], undefined])
  expect(() => withStrikes(whole, [])).toThrow('without a strike')
})

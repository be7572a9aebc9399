import { expect, test } from 'vitest'
import { analyse } from '../analysis/analyse.ts'
import { historyOf } from '../analysis/testing/history-builder.ts'
import type { HistoryEvent } from '../history/event.ts'
import { type Strike, type TrialPlan, withStrikes } from '../plan/trial-plan.ts'
import { faultLines } from './fault-lines.ts'
import { done, sentence } from './words.ts'

const { plan, events } = historyOf()
const [a, b, c] = plan.peers as [Strike['target'], Strike['target'], Strike['target']]

function strike(target: Strike['target'], more: Partial<Strike> = {}): Strike {
  return { entry: 0, fault: plan.fault, target, atMs: 0, untilMs: 3000, ...more }
}

const told = (of: TrialPlan, withheld: readonly string[] = []) =>
  sentence(of, { ...analyse({ ...historyOf(), plan }), validity: { status: 'valid' }, withheld }).split(
    ', cost',
  )[0]

test('one fault, or several at once, are a loss; anything else is told as it was planned', () => {
  expect(told(withStrikes(plan, [strike(a)]))).toBe('Losing gateway-a, one of 3')
  expect(told(withStrikes(plan, [strike(a), strike(b)]))).toBe('Losing gateway-a and gateway-b at once')
  const pause = { ...plan.fault, kind: 'pause' }
  const timeline = withStrikes(plan, [
    strike(a, { untilMs: 500 }),
    strike(a, { atMs: 1000, untilMs: 1500 }),
    strike(b, { entry: 1, fault: pause, atMs: 700 }),
    strike(c, { entry: 1, fault: pause, atMs: 900 }),
  ])
  const words = 'kill gateway-a (2 times), pause gateway-b and gateway-c (one after another)'
  expect(told(timeline)).toBe(`A timeline of ${words}`)
  expect(done(timeline)).toBe(words)
  const rollOut = withStrikes(plan, [strike(a), strike(b, { afterReady: 0 })])
  expect(told(rollOut, ['gateway-b'])).toBe(
    'A timeline of kill gateway-a (one after another), which left gateway-b alone',
  )
})

test('each fault has a line: when it was on, and what was read back', () => {
  const [inject] = events.filter(event => event.type === 'fault')
  const us = (ms: number) => (inject?.atUs ?? 0) + ms * 1000
  const second = { container: b, strike: 1 } as const
  const more: HistoryEvent[] = [
    { type: 'fault', action: 'inject', fault: 'kill', ...second, atUs: us(700), returnedUs: us(710) },
    { type: 'fault-verified', action: 'inject', ...second, ok: true, detail: 'exited', atUs: us(720) },
    {
      type: 'strike-withheld',
      container: c,
      strike: 2,
      reason: 'the one before was not ready',
      atUs: us(900),
    },
  ]
  const timeline = withStrikes(plan, [
    strike(a),
    strike(b, { atMs: 700 }),
    strike(c, { atMs: 700, afterReady: 1 }),
  ])
  expect(faultLines(timeline, [...events, ...more])).toEqual([
    { kind: 'kill', name: 'gateway-a', from: 0, to: expect.closeTo(3, 1), detail: 'exited' },
    { kind: 'kill', name: 'gateway-b', from: 0.7, to: null, detail: 'exited' },
    {
      kind: 'kill',
      name: 'gateway-c',
      from: null,
      to: null,
      detail: 'did not come: the one before was not ready',
    },
  ])
})

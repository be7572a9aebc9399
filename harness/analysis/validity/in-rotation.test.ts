import { expect, test } from 'vitest'
import type { HistoryEvent, ServerState } from '../../history/event.ts'
import { analyse } from '../analyse.ts'
import { historyOf, type Scenario } from '../testing/history-builder.ts'

const told =
  (
    ...words: readonly (readonly [sinceFaultMs: number, state: ServerState, cause: string])[]
  ): NonNullable<Scenario['moreEvents']> =>
  ({ us, target }) =>
    words.map(
      ([ms, state, cause]): HistoryEvent => ({
        type: 'balancer',
        balancer: 'lb',
        server: 'gateway-a',
        address: null,
        container: target,
        state,
        cause,
        atUs: us(ms),
        errorUs: 3000,
      }),
    )
const reasonsOf = (scenario: Scenario) => {
  const { validity } = analyse(historyOf(scenario))
  return validity.status === 'valid' ? [] : validity.reasons.map(({ code, text }) => `${code}: ${text}`)
}

test('a target that the balancer had taken out before it was struck proves nothing', () => {
  expect(reasonsOf({ moreEvents: told([-1900, 'up', 'snapshot'], [-1700, 'down', 'slow-answers']) })).toEqual(
    [
      expect.stringMatching(
        /^target-out-of-rotation: gateway-a was out of rotation when it was struck \(slow-answers, told 1\.7 s before\)/,
      ),
    ],
  )
  expect(reasonsOf({ moreEvents: told([-1900, 'drain', 'snapshot']) })).toHaveLength(1)
})

test('one that was out and is back counts, as does one of which the balancer told nothing before', () => {
  expect(
    reasonsOf({ moreEvents: told([-1700, 'down', 'check'], [-900, 'up', 'rise'], [80, 'down', 'check']) }),
  ).toEqual([])
  expect(reasonsOf({ moreEvents: told([80, 'down', 'check']) })).toEqual([])
})

test('without a balancer’s word, its last answers tell', () => {
  const silentSince = (sinceMs: number) => (k: number, ms: number) => (ms < sinceMs ? k % 3 : 1 + (k % 2))
  expect(reasonsOf({ answeredBy: silentSince(-1200) })).toEqual([
    expect.stringMatching(/^target-out-of-rotation: gateway-a answered before, but none of the last probes/),
  ])
  expect(reasonsOf({ answeredBy: silentSince(-700) })).toEqual([])
})

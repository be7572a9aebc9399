import { expect, test } from 'vitest'
import { analyse } from '../analyse.ts'
import { historyOf } from '../testing/history-builder.ts'

function validityWith(tells: readonly string[] | undefined, action: string, atMs: number, errorMs = 1) {
  const history = historyOf({
    moreEvents: ({ us, target }) => [
      { type: 'engine', action, container: target, atUs: us(atMs), errorUs: errorMs * 1000 },
    ],
  })
  const { kind, effect } = history.plan.fault
  const fault = tells === undefined ? { kind, effect } : { kind, effect, tells }
  return analyse({ ...history, plan: { ...history.plan, fault } }).validity
}

test('somebody started the target while it was to be down: the trial says nothing', () => {
  expect(validityWith(['kill'], 'start', 700)).toMatchObject({
    status: 'invalid',
    reasons: [
      {
        code: 'disturbed',
        text: expect.stringMatching(
          /^Somebody else acted on gateway-a while the fault was on: the engine tells of `start` 70\d ms/,
        ),
      },
    ],
  })
})

test.each([
  ['the fault’s own doing', ['start'], 'start', 700, 1],
  ['what only follows from something', ['kill'], 'die', 700, 1],
  ['what came before the fault', ['kill'], 'start', -300, 1],
  ['what may have come before it', ['kill'], 'start', 5, 10],
  ['the healing', ['kill'], 'start', 60_000, 1],
  ['results of before faults told', undefined, 'start', 700, 1],
] as const)('%s is no disturbance', (_, tells, action, atMs, errorMs) => {
  expect(validityWith(tells, action, atMs, errorMs)).toEqual({ status: 'valid' })
})

import { expect, test } from 'vitest'
import type { HistoryEvent } from '../history/event.ts'
import { analyse } from './analyse.ts'
import { sharedInstant } from './fault-instant.ts'
import type { TrialHistory } from './frame.ts'
import { historyOf } from './testing/history-builder.ts'

const FAULT_US = 2_500_000

/** The first two of three peers are struck together, the second by a call that began later and took longer. */
function bothStruck(second: { readonly ok: boolean }): TrialHistory {
  const history = historyOf({ outages: [{ fromMs: 0, toMs: 500, manner: 'refused' }], answeredBy: () => 2 })
  const [first, other] = history.plan.peers
  if (!first || !other) throw new RangeError('no peers')
  const call = { type: 'fault', fault: 'kill', action: 'inject', container: other } as const
  const more: HistoryEvent[] = [
    { ...call, atUs: FAULT_US + 3000, returnedUs: FAULT_US + 9000 },
    {
      type: 'fault-verified',
      action: 'inject',
      container: other,
      ok: second.ok,
      detail: 'exited',
      atUs: FAULT_US + 11_000,
    },
  ]
  const events = [...history.events, ...more].sort((a, b) => a.atUs - b.atUs)
  return { ...history, plan: { ...history.plan, alsoStruck: [other] }, events }
}

test('struck together: from when the first can have been to when the last certainly was', () => {
  const { events, plan } = bothStruck({ ok: true })
  const ids = plan.peers.slice(0, 2).map(({ id }) => id)
  expect(sharedInstant(events, ids)).toMatchObject({
    atUs: FAULT_US,
    lowerUs: FAULT_US - 2000,
    upperUs: FAULT_US + 9000,
  })
})

test('unless each was struck there is no instant', () => {
  const { events, plan } = bothStruck({ ok: true })
  expect(
    sharedInstant(
      events,
      plan.peers.map(({ id }) => id),
    ),
  ).toBe(null)
})

test('a fault that one of them does not show makes the trial invalid', () => {
  const codes = (second: { ok: boolean }) => {
    const { validity } = analyse(bothStruck(second))
    return validity.status === 'invalid' ? validity.reasons.map(({ code }) => code) : []
  }
  expect(codes({ ok: true })).not.toContain('fault-not-verified')
  expect(codes({ ok: false })).toContain('fault-not-verified')
})

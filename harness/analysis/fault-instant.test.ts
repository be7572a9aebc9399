import { expect, test } from 'vitest'
import type { HistoryEvent } from '../history/event.ts'
import { faultInstant } from './fault-instant.ts'
import { historyOf, type Scenario } from './testing/history-builder.ts'

const { plan } = historyOf()
const FAULT_US = 2_500_000
const instant = (scenario: Scenario) => faultInstant(historyOf(scenario).events, plan.target.id)
const engine =
  (action: string, atMs: number, errorMs: number): NonNullable<Scenario['moreEvents']> =>
  ({ us, target }) => [{ type: 'engine', action, container: target, atUs: us(atMs), errorUs: errorMs * 1000 }]

test('FinishedAt is the best point, and its latest the end of the interval', () => {
  expect(instant({})).toEqual({
    atUs: FAULT_US,
    lowerUs: FAULT_US - 2000,
    upperUs: FAULT_US + 2000,
    source: 'FinishedAt',
  })
})

test('a FinishedAt of another death does not count', () => {
  const keeps: Scenario['keeps'] = event => event.type !== 'engine' || event.atUs !== FAULT_US
  const call = {
    lowerUs: FAULT_US - 2000,
    upperUs: FAULT_US + 4000,
    atUs: FAULT_US + 1000,
    source: 'engine call',
  }
  expect(instant({ keeps, moreEvents: engine('finished', -500, 3) })).toEqual(call)
  expect(instant({ keeps, moreEvents: engine('finished', 900, 3) })).toEqual(call)
})

test('without FinishedAt the kill event tells; a die event after the call only bounds nothing', () => {
  const keeps: Scenario['keeps'] = event => event.type !== 'engine' || event.action !== 'finished'
  expect(instant({ keeps, moreEvents: engine('kill', 2, 1) })).toMatchObject({
    atUs: FAULT_US + 2000,
    upperUs: FAULT_US + 4000,
    source: 'kill event',
  })
  expect(instant({ keeps, moreEvents: engine('die', 1, 1) })).toMatchObject({
    atUs: FAULT_US + 1000,
    upperUs: FAULT_US + 2000,
    source: 'die event',
  })
  expect(instant({ keeps, moreEvents: engine('die', 1500, 1) })).toMatchObject({
    atUs: FAULT_US + 1000,
    upperUs: FAULT_US + 4000,
    source: 'engine call',
  })
})

test('nothing was broken', () => {
  expect(instant({ keeps: event => event.type !== 'fault' })).toBeNull()
})

test('the balancer’s word that the target is down bounds the instant from above: nobody sees it before it is there', () => {
  const target = { id: 't', name: 'web-1', service: 'web', zone: null, tier: null }
  const events: HistoryEvent[] = [
    { type: 'fault', action: 'inject', fault: 'crash', container: target, atUs: 1000, returnedUs: 200_000 },
    {
      type: 'balancer',
      balancer: 'lb',
      server: 'web',
      address: null,
      container: target,
      state: 'down',
      cause: 'check-refused',
      atUs: 60_000,
      errorUs: 2000,
    },
    { type: 'engine', action: 'finished', container: target, atUs: 150_000, errorUs: 2000 },
  ]
  expect(faultInstant(events, 't')).toEqual({
    atUs: 60_000,
    lowerUs: 1000,
    upperUs: 62_000,
    source: 'FinishedAt',
  })
})

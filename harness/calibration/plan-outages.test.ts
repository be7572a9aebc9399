import { expect, test } from 'vitest'
import { OUTAGE_WAYS } from './outage.ts'
import { planBriefOutages, planOutages } from './plan-outages.ts'

test('each way in each length, in an order that the seed draws', () => {
  const outages = planOutages(2, 7)
  expect(outages).toHaveLength(48)
  for (const way of OUTAGE_WAYS) {
    const lengths = outages.filter(outage => outage.way === way).map(({ lengthMs }) => lengthMs)
    expect(lengths.filter(ms => ms >= 50 && ms < 60)).toHaveLength(2)
    expect(lengths.filter(ms => ms >= 3000 && ms < 3010)).toHaveLength(2)
  }
  expect(planOutages(2, 7)).toEqual(outages)
  expect(planOutages(2, 8)).not.toEqual(outages)
})

test('in brief, each way twice', () => {
  expect(new Set(planBriefOutages(1, 10).map(({ way }) => way))).toEqual(new Set(OUTAGE_WAYS))
  expect(planBriefOutages(1, 10)).toHaveLength(8)
  expect(planBriefOutages(1, 100).every(({ lengthMs }) => lengthMs >= 300)).toBe(true)
})

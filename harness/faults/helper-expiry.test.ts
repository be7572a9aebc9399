import { expect, test } from 'vitest'
import { experimentJsonSchema } from '../experiment/json-schema.ts'
import { crash } from './crash.ts'
import type { FaultEngine } from './fault.ts'
import { HELPER_EXPIRES_SECONDS } from './network/names.ts'
import { oom } from './oom.ts'
import { EXPIRES_SECONDS } from './resources/perl-program.ts'

/** The longest that a strike may come, or be undone, after it was armed. */
const { properties } = experimentJsonSchema() as {
  properties: { timing: { properties: Record<string, { maximum: number }> } }
}
const longestMs = ['warmUpMs', 'baselineMs', 'holdMs']
  .map(phase => properties.timing.properties[phase]?.maximum ?? Number.NaN)
  .reduce((sum, ms) => sum + ms, 0)

test('no standing helper expires before the end of the longest hold', () => {
  expect(1000 * HELPER_EXPIRES_SECONDS).toBeGreaterThan(longestMs)
  expect(1000 * EXPIRES_SECONDS).toBeGreaterThan(longestMs)
})

test.each([crash, oom])(
  '$kind: nor does its own, which waits for the last instant of a timeline',
  async fault => {
    const expiries: number[] = []
    const engine = {
      info: { cgroupVersion: '1', cgroupDriver: 'cgroupfs' },
      containers: {
        inspect: async () => ({ pid: 2 }),
        memory: async () => ({ limits: { memory: 0, withSwap: 0 }, heldBytes: 0 }),
      },
      armHelper: async ({ expiresSeconds }: { expiresSeconds: number }) => {
        expiries.push(expiresSeconds)
        return { id: 'helper' }
      },
    } as unknown as FaultEngine
    await fault.arm({ id: 'web', name: 'web', project: 'shop', system: [] }, engine, {})
    expect(expiries.map(seconds => 1000 * seconds > longestMs)).toEqual([true])
  },
)

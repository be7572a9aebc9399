import { expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { loss } from './loss.ts'
import { startPair } from './testing/pair.ts'

const { signal } = new AbortController()
const PACKETS = 300

test('of what the target sends a share is lost, and none once it is healed', async () => {
  await using pair = await startPair()
  const engine = await connectEngine()
  const fault = await loss.arm(pair.target, engine, { percent: 30 })
  expect(await pair.echoes(PACKETS)).toBe(PACKETS)
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^30 % .* by \w+/),
  })
  // 210 come back; the bounds are six standard deviations away.
  const came = await pair.echoes(PACKETS)
  expect(came).toBeGreaterThan(162)
  expect(came).toBeLessThan(258)
  expect((await pair.ask('new', 10_000)).outcome).toBe('ok') // TCP sends again
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect(await pair.echoes(PACKETS)).toBe(PACKETS)
  await fault.disarm()
})

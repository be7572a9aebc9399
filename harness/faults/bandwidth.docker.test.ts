import { expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { bandwidth } from './bandwidth.ts'
import { startPair } from './testing/pair.ts'

const { signal } = new AbortController()
const BYTES = 128 * 1024

test('128 KiB take 2 s at 512 kbit/s, and no time once it is healed', async () => {
  await using pair = await startPair()
  const fault = await bandwidth.arm(pair.target, await connectEngine(), { kilobitsPerSecond: 512 })
  expect(await pair.download(BYTES)).toBeLessThan(1000)
  await fault.inject()
  expect(await fault.verify(signal)).toEqual({ ok: true, detail: 'by tbf: rate 512Kbit' })
  const slowMs = await pair.download(BYTES)
  expect(slowMs).toBeGreaterThan(1500) // the bucket's 16 KiB go at once
  expect(slowMs).toBeLessThan(6000)
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect(await pair.download(BYTES)).toBeLessThan(1000)
  await fault.disarm()
})

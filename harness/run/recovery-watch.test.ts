import { expect, test } from 'vitest'
import { RecoveryWatch } from './recovery-watch.ts'

const MS = 1000

/** A probe each 10 ms; resolves with the due time in ms at which it was found steady, or `null`. */
async function steadyAtMs(of: {
  instance: (ms: number) => number
  good?: (ms: number) => boolean
  latencyMs?: (ms: number) => number
}): Promise<number | null> {
  const watch = new RecoveryWatch(1000, { minSuccess: 0.999, maxP99Ms: 250 })
  const probe = (ms: number) =>
    watch.add({
      dueUs: ms * MS,
      latencyMs: of.latencyMs?.(ms) ?? 5,
      good: of.good?.(ms) ?? true,
      instance: of.instance(ms),
    })
  watch.baselineBegins()
  for (let ms = 0; ms < 1000; ms += 10) probe(ms)
  watch.faultBegins()
  for (let ms = 1000; ms < 2000; ms += 10) probe(ms)
  let found: number | null = null
  let nowMs = 0
  watch.recoveryBegins(2000 * MS)
  void watch.steady.then(() => {
    found ??= nowMs
  })
  for (nowMs = 2000; nowMs < 5000 && found === null; nowMs += 10) {
    probe(nowMs)
    await Promise.resolve()
  }
  return found
}

test('a window and a margin after the undoing, when all was well', async () => {
  expect(await steadyAtMs({ instance: ms => 1 + ((ms / 10) % 2) })).toBe(3300)
})

test('a bad probe begins the window anew', async () => {
  expect(await steadyAtMs({ instance: () => 1, good: ms => ms !== 2500 })).toBe(3810)
})

test('who answered in the baseline must carry a part of its share again', async () => {
  const instance = (ms: number) => (ms > 1000 && ms < 4000 ? 1 : 1 + ((ms / 10) % 2))
  expect(await steadyAtMs({ instance })).toBe(4330)
})

test('who answered hardly ever is not waited for', async () => {
  expect(await steadyAtMs({ instance: ms => (ms === 500 ? 2 : 1) })).toBe(3300)
})

test('a p99 beyond the band of the baseline is waited for; one slow answer is no p99', async () => {
  const slowUntil = (endMs: number) => (ms: number) => (ms >= 2000 && ms < endMs ? 80 : 5)
  expect(await steadyAtMs({ instance: () => 1, latencyMs: slowUntil(2010) })).toBe(3300)
  expect(await steadyAtMs({ instance: () => 1, latencyMs: slowUntil(2500) })).toBe(3780)
})

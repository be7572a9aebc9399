import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { soak } from './soak.ts'

test('20,000 requests through kills, freezes and drains: none lost that could be kept, none done twice, no socket left', {
  timeout: 400_000, // seconds on a machine of its own, minutes on one that ten others use
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lb-soak-'))
  const result = await soak({ seed: 4, requests: 20_000, clients: 12, rounds: 2, folder })
  expect(result.requests).toBeGreaterThanOrEqual(20_000)
  expect(result.lost).toEqual([])
  expect(result.twice).toEqual([])
  expect(result.undone).toEqual([])
  const kills = result.disturbances.filter(({ kind }) => kind === 'kill').length
  expect(kills).toBeGreaterThanOrEqual(2)
  // Each client had one request there at most.
  expect(result.unkeepable.length).toBeLessThanOrEqual(kills * 12)
  expect(result.sockets.after).toBeLessThanOrEqual(result.sockets.before)
})

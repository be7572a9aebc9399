import { expect, test, vi } from 'vitest'
import { defaultProbes } from '../experiment/experiment.ts'
import { emptyColumns } from '../history/sample-row.ts'
import { answers, startMisbehavingServer } from '../traffic/testing/misbehaving-server.ts'
import { calibrate } from './calibrate.ts'
import { judgeOutage } from './judge-outage.ts'
import { OUTAGE_WAYS } from './outage.ts'
import { planBriefOutages } from './plan-outages.ts'

vi.setConfig({ testTimeout: 60_000 }) // for a starved machine

const { signal } = new AbortController()

test('the truth lies inside the bracket, in each way; a busy machine only widens it', async () => {
  await using busy = await startMisbehavingServer(answers.ok)
  const { outages, summary } = await calibrate({
    outages: planBriefOutages(1, 10),
    probes: defaultProbes,
    beside: { url: new URL(`http://127.0.0.1:${busy.port}/`), load: { ratePerSecond: 500, connections: 10 } },
    onOver: () => undefined,
    signal,
  })
  expect(new Set(outages.map(({ way }) => way))).toEqual(new Set(OUTAGE_WAYS))
  expect(outages.filter(({ bracket }) => bracket !== 'holds-the-truth')).toEqual([])
  expect(summary.bracket_holds).toBe(8)
  for (const { truth_ms } of outages) expect(truth_ms.lower).toBeGreaterThan(49)
})

test('what a silence left hanging is not cut short by the outage after it', async () => {
  const outages = [
    { way: 'silence', lengthMs: 300 },
    { way: 'refuse', lengthMs: 60 },
  ] as const
  const calibration = await calibrate({ outages, probes: defaultProbes, onOver: () => undefined, signal })
  expect(calibration.outages[0]?.window_ms?.lower).toBeGreaterThan(0) // cut short, it would be 0
})

test('an abort ends it, and its processes', async () => {
  const abort = new AbortController()
  const running = calibrate({
    outages: planBriefOutages(1, 10),
    probes: defaultProbes,
    onOver: () => abort.abort(new Error('enough')),
    signal: abort.signal,
  })
  await expect(running).rejects.toThrow('enough')
})

test('a truth that is not what the clients met is found out', () => {
  // The clients met a second of 503; the server claims that it was down for half of it.
  const columns = emptyColumns(400)
  for (let k = 0; k < 400; k += 1) {
    const isDown = k >= 150 && k < 250
    columns.dueUs[k] = k * 10_000
    columns.sentUs[k] = k * 10_000 + 50
    columns.endedUs[k] = k * 10_000 + 900
    columns.status[k] = isDown ? 503 : 200
    columns.outcome[k] = isDown ? 5 : 0
  }
  const claim = (fromMs: number, toMs: number) => {
    const instant = (ms: number) => ({ fromNs: BigInt(ms) * 1_000_000n, toNs: BigInt(ms) * 1_000_000n })
    return judgeOutage({
      outage: { way: '503', lengthMs: toMs - fromMs, began: instant(fromMs), ended: instant(toMs) },
      originNs: 0n,
      slice: { fromUs: 0, toUs: 4e6 },
      probes: defaultProbes,
      samples: columns,
      health: [],
    })
  }
  expect(claim(1495, 2495)).toMatchObject({ bracket: 'holds-the-truth', error_ms: 0 })
  expect(claim(1495, 1995)).toMatchObject({ bracket: 'misses-the-truth', error_ms: 500 })
})

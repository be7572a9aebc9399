import { beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { latency } from './latency.ts'
import { whatIsOurs } from './network/clear.ts'
import { type Pair, startPair } from './testing/pair.ts'

const { signal } = new AbortController()
let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

async function fastestMs(pair: Pair, connection: 'new' | 'kept', times: number): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time += 1) {
    const { outcome, ms } = await pair.ask(connection, 5000)
    expect(outcome).toBe('ok')
    fastest = Math.min(fastest, ms)
  }
  return fastest
}

test('what it answers comes later: once on an open connection, twice on a new one', async () => {
  await using pair = await startPair()
  expect((await pair.ask('kept')).outcome).toBe('ok')
  const fault = await latency.arm(pair.target, engine, { delayMs: 200, jitterMs: 0 })
  // A connection from before would go past the fault: it is reset once, and the next one is in it.
  expect((await pair.ask('kept')).outcome).toBe('ECONNRESET')
  expect(await fastestMs(pair, 'kept', 5)).toBeLessThan(100)
  expect(await fastestMs(pair, 'new', 5)).toBeLessThan(100)

  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^latency by /),
  })
  const [kept, fresh] = [await fastestMs(pair, 'kept', 3), await fastestMs(pair, 'new', 3)]
  expect(kept).toBeGreaterThanOrEqual(199)
  expect(kept).toBeLessThan(300)
  expect(fresh).toBeGreaterThanOrEqual(398)
  expect(fresh).toBeLessThan(550)

  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect(await fastestMs(pair, 'kept', 5)).toBeLessThan(100)
  await fault.disarm()
  expect(await whatIsOurs(engine, pair.target)).toBe('')
  await pair.ask('kept') // the proxy that its connection went through is gone
  expect((await pair.ask('kept')).outcome).toBe('ok')
})

test('with jitter it is later by more or less', async () => {
  await using pair = await startPair()
  const fault = await latency.arm(pair.target, engine, { delayMs: 100, jitterMs: 90 })
  await pair.ask('kept')
  await fault.inject()
  const latencies: number[] = []
  for (let time = 0; time < 20; time += 1) latencies.push((await pair.ask('kept')).ms)
  expect(Math.min(...latencies)).toBeGreaterThanOrEqual(9)
  expect(Math.max(...latencies) - Math.min(...latencies)).toBeGreaterThan(50)
  await fault.disarm()
})

test('its proxy is killed: the target is reached without it once it is healed', async () => {
  await using pair = await startPair()
  const fault = await latency.arm(pair.target, engine, { delayMs: 100, jitterMs: 0 })
  await fault.inject()
  const helper = fault.undo.find(({ kind }) => kind === 'remove-container')
  await engine.containers.remove(helper && 'id' in helper ? helper.id : '')
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect((await pair.ask('new')).outcome).toBe('ok')
  await fault.disarm()
})

test('a target that listens on nothing is refused', async () => {
  await using pair = await startPair()
  const client = await pair.project.start('idle', { command: ['sleep', '60'], network: 'own' })
  await expect(latency.arm(client, engine, { delayMs: 100, jitterMs: 0 })).rejects.toThrow(
    'listens on no TCP port',
  )
})

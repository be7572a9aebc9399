import { beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { docker } from '../testing/docker.ts'
import { halfOpen } from './half-open.ts'
import { reset } from './reset.ts'
import { slowClose } from './slow-close.ts'
import { startPair } from './testing/pair.ts'

const { signal } = new AbortController()
let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

test('reset: open connections at once, new ones when they ask', async () => {
  await using pair = await startPair()
  const fault = await reset.arm(pair.target, engine, { share: 1 })
  expect((await pair.ask('kept')).outcome).toBe('ok')
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({
    ok: true,
    detail: expect.stringContaining('done to 1 open ones'),
  })
  expect((await pair.ask('new')).outcome).toBe('ECONNRESET')
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect((await pair.ask('new')).outcome).toBe('ok')
  await fault.disarm()
  expect((await pair.ask('new')).outcome).toBe('ok')
})

test('half-open: the open connection is dead without a word, a new one is served', async () => {
  await using pair = await startPair()
  const fault = await halfOpen.arm(pair.target, engine, { share: 1 })
  expect((await pair.ask('kept')).outcome).toBe('ok')
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({
    ok: true,
    detail: expect.stringContaining('done to 1 open ones'),
  })
  expect((await pair.ask('kept', 700)).outcome).toBe('timeout')
  expect((await pair.ask('new')).outcome).toBe('ok')
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect((await pair.ask('kept')).outcome).toBe('ok')
  await fault.disarm()
})

/** How long after an answer the connection that the server closes is closed, in ms. */
async function closesAfterMs(client: string): Promise<number> {
  const script = `
    const socket = require('net').connect(8080, 'web', () => socket.write('GET /2 HTTP/1.1\\r\\nHost: web\\r\\nConnection: close\\r\\n\\r\\n'))
    let answered
    socket.on('data', () => { answered ??= performance.now() })
    socket.on('end', () => console.log(performance.now() - answered))`
  return Number(await docker('exec', client, 'node', '-e', script))
}

test('slow-close: the answer comes at once, the end of the connection later', async () => {
  await using pair = await startPair()
  const client = `${pair.project.name}-client-1`
  const fault = await slowClose.arm(pair.target, engine, { delayMs: 600 })
  expect(await closesAfterMs(client)).toBeLessThan(300)
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({ ok: true })
  const [closing, asked] = await Promise.all([closesAfterMs(client), pair.ask('new')])
  expect(closing).toBeGreaterThan(550)
  expect(closing).toBeLessThan(1200)
  expect(asked.ms).toBeLessThan(300)
  await fault.heal()
  expect(await closesAfterMs(client)).toBeLessThan(300)
  await fault.disarm()
})

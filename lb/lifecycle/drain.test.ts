import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openRaw } from '../testing/raw-exchange.ts'
import { send, startBalancer } from '../testing/start-balancer.ts'
import { startServer } from '../testing/test-server.ts'

test('what is under way is answered, kept connections are told to close, new ones are refused', async () => {
  const finish: (() => void)[] = []
  await using server = await startServer((asked, response) => {
    if (asked.url === '/slow') finish.push(() => response.end('slow'))
    else response.end('fast')
  })
  await using lb = await startBalancer([server])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect((await send(lb.trafficPort, { agent })).headers['connection']).toBe('keep-alive')
  const slow = Array.from({ length: 5 }, () => send(lb.trafficPort, { path: '/slow' }))
  await expect.poll(() => finish.length).toBe(5)

  const stopped = lb.stop({ graceMs: 60_000, limitMs: 60_000 })
  expect((await send(lb.adminPort, { path: '/readyz' })).status).toBe(503)
  const late = await send(lb.trafficPort, { agent })
  expect(late).toMatchObject({ status: 200, body: 'fast', headers: { connection: 'close' } })
  const [refused] = (await once(connect(lb.trafficPort, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException]
  expect(refused.code).toBe('ECONNREFUSED')
  for (const one of finish) one()
  for (const answer of await Promise.all(slow)) {
    expect(answer).toMatchObject({
      status: 200,
      body: 'slow',
      end: 'whole',
      headers: { connection: 'close' },
    })
  }
  expect(await stopped).toBe('drained')
})

test('after the grace, connections without a request do not hold it up', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  const idle = await openRaw(lb.trafficPort)
  idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(idle, 'data')
  const ended = once(idle.resume(), 'end')
  expect(await lb.stop({ graceMs: 10, limitMs: 60_000 })).toBe('drained')
  await ended
})

test('at the limit the rest is cut', async () => {
  await using server = await startServer(() => undefined)
  await using lb = await startBalancer([server])
  const lost = send(lb.trafficPort).catch((error: NodeJS.ErrnoException) => error.code)
  await expect.poll(() => server.seen.length).toBe(1)
  expect(await lb.stop({ graceMs: 10, limitMs: 50 })).toBe('cut')
  expect(await lost).toBe('ECONNRESET')
})

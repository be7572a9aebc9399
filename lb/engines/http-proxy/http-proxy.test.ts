import { once } from 'node:events'
import { expect, test } from 'vitest'
import { readStats } from '../../admin/stats/testing/read-stats.ts'
import { startBalancerProcess } from '../../lifecycle/testing/balancer-process.ts'
import { configText } from '../../lifecycle/testing/config-text.ts'
import { openRaw } from '../../testing/raw-exchange.ts'
import { RARE_CHECKS, send, startBalancer } from '../../testing/start-balancer.ts'
import { answers, cutsBody, isSilent, resets, startServer } from '../../testing/test-server.ts'

const POLL = { interval: 5, timeout: 8_000 }
const backend = { engine: 'http-proxy' }

test('requests to each server in turn, the same headers as from the own engine, the same statistics', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using lb = await startBalancer([a, b], { backend })
  const bodies: string[] = []
  for (let count = 0; count < 4; count += 1) {
    const headers = { forwarded: 'for=1.1.1.1', connection: 'x-secret', 'x-secret': '1', te: 'trailers' }
    const got = await send(lb.trafficPort, { path: `/${count}?q=a//b`, method: 'POST', headers }, 'body')
    expect(got.headers).toMatchObject({ via: '1.1 zonefall-lb', 'content-length': '1' })
    bodies.push(got.body)
  }
  expect(bodies.toSorted()).toEqual(['a', 'a', 'b', 'b'])
  const seen = a.requests[0]?.headers
  expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', via: '1.1 zonefall-lb' })
  expect(seen?.['forwarded']).toMatch(/^for=1\.1\.1\.1, for=127\.0\.0\.1;proto=http;host=/)
  expect(seen?.['x-secret']).toBeUndefined()
  expect(seen?.['te']).toBeUndefined()
  expect([...a.seen, ...b.seen]).toContain('POST /0?q=a//b')
  await expect
    .poll(() => readStats(lb.adminPort, 's0'), POLL)
    .toMatchObject({ stot: '2', scur: '0', hrsp_2xx: '2' })
  expect(a.connections.size + b.connections.size).toBeLessThanOrEqual(4) // kept, checks besides
})

test('as an ordinary proxy: what fails is answered, not sent elsewhere; checks take the server out', async () => {
  await using bad = await startServer(resets)
  await using good = await startServer(answers('good'))
  await using lb = await startBalancer([bad, good], { backend, check: RARE_CHECKS })
  const statuses: number[] = []
  for (let count = 0; count < 4; count += 1) statuses.push((await send(lb.trafficPort)).status)
  expect(statuses.toSorted()).toEqual([200, 200, 502, 502])
  expect(lb.log.filter(({ event }) => event === 'server-state').map(({ state }) => state)).toEqual([
    'up',
    'up',
  ])
})

test('checks are the same: who fails them gets nothing, and with nobody left it is 503', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server], { backend })
  server.onCheck = answers('no', 503)
  await expect.poll(() => lb.backend.up.length, POLL).toBe(0)
  const { status, headers } = await send(lb.trafficPort)
  expect(status).toBe(503)
  expect(headers).toMatchObject({ 'x-zonefall-lb-error': 'no-server-up', 'retry-after': '1' })
})

test.each(['length', 'chunked'] as const)(
  'an answer that is cut (%s) is cut for the client too',
  async framing => {
    await using server = await startServer(cutsBody('close', framing))
    await using lb = await startBalancer([server], { backend })
    expect((await send(lb.trafficPort)).end).toBe('cut')
    expect(lb.log).toContainEqual(expect.objectContaining({ event: 'request-failed', reason: 'answer-cut' }))
  },
)

test('a client that leaves takes its request with it', async () => {
  await using server = await startServer(isSilent)
  await using lb = await startBalancer([server], { backend })
  const client = await openRaw(lb.trafficPort)
  client.write('GET /left HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => server.requests.length, POLL).toBe(1)
  const gone = once(server.requests[0]?.socket ?? client, 'close')
  client.destroy()
  await gone
  await expect.poll(() => readStats(lb.adminPort, 's0'), POLL).toMatchObject({ scur: '0', cli_abrt: '1' })
})

test('silence for longer than timeouts.server: 504', async () => {
  await using server = await startServer(isSilent)
  await using lb = await startBalancer([server], { backend: { ...backend, timeouts: { server: '50ms' } } })
  const { status, headers } = await send(lb.trafficPort)
  expect([status, headers['x-zonefall-lb-error']]).toEqual([504, 'server-timeout'])
})

test.each([
  ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', 400],
  ['a WebSocket', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', 501],
  [
    'a body that the package would call empty and send',
    'DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    501,
  ],
])('%s: refused', async (_, text, status) => {
  await using server = await startServer()
  await using lb = await startBalancer([server], { backend })
  const client = await openRaw(lb.trafficPort)
  client.end(text)
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).toString()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(server.seen).toEqual([])
})

test('as a process it drains', async () => {
  await using server = await startServer(answers('ok'))
  const yaml = configText({
    servers: [{ name: 'a', address: server.address }],
    backend: '  engine: http-proxy',
  })
  await using lb = await startBalancerProcess(yaml)
  await lb.next('server-state')
  expect((await send(lb.trafficPort)).body).toBe('ok')
  lb.signal('SIGTERM')
  expect(await lb.next('stopped')).toMatchObject({ outcome: 'drained' })
})

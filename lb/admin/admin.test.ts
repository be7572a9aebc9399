import { expect, test } from 'vitest'
import { askReady } from '../lifecycle/healthcheck.ts'
import { send, startBalancer, startBalancerUnready } from '../testing/start-balancer.ts'
import { answers, startServer } from '../testing/test-server.ts'
import { type EventLine, watchEvents } from './testing/watch-events.ts'

const POLL = { interval: 5, timeout: 8_000 }

test('readiness is that of the servers; the health check asks for it', async () => {
  await using server = await startServer()
  server.onCheck = answers('no', 503)
  await using lb = await startBalancerUnready([server])
  expect((await send(lb.adminPort, { path: '/livez' })).status).toBe(200)
  expect((await send(lb.adminPort, { path: '/readyz' })).status).toBe(503)
  expect(await askReady(lb.adminPort)).toBe('not ready')
  server.onCheck = answers('ready')
  await expect.poll(() => lb.backend.up.length, POLL).toBe(1)
  expect((await send(lb.adminPort, { path: '/readyz' })).status).toBe(200)
  expect(await askReady(lb.adminPort)).toBe('ready')
  expect(await askReady(1)).toBe('not ready')
})

test('the servers as they stand', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  await send(lb.trafficPort)
  const { body } = await send(lb.adminPort, { path: '/v1/servers' })
  expect(JSON.parse(body)).toEqual({
    backend: 'tests',
    servers: [
      {
        name: 's0',
        zone: 'zone-0',
        address: server.address,
        state: 'up',
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        cause: 'rise',
        administration: 'ready',
        weight: 1,
        checks: { passed: expect.any(Number), failed: 0 },
        sessions: { current: 0, total: 1 },
        retries: 0,
      },
    ],
  })
  expect((await send(lb.adminPort, { path: '/v1/servers', method: 'DELETE' })).status).toBe(405)
  expect((await send(lb.adminPort, { path: '/etc/passwd' })).status).toBe(404)
})

test('events: a snapshot, then each change once, in order and with its time; heartbeats between', async () => {
  await using a = await startServer()
  await using b = await startServer()
  await using lb = await startBalancer([a, b])
  await using watched = await watchEvents(lb.adminPort)
  expect(watched.contentType).toBe('application/x-ndjson')
  const { lines } = watched
  await expect.poll(() => lines.length, POLL).toBeGreaterThanOrEqual(2)
  a.onCheck = answers('no', 503)
  await expect.poll(() => lb.backend.up.length, POLL).toBe(1)
  a.onCheck = answers('ready')
  await expect.poll(() => lb.backend.up.length, POLL).toBe(2)
  await expect.poll(() => lines.some(line => line.heartbeat), POLL).toBe(true)
  const events = lines.filter(line => !line.heartbeat)
  expect(events.map(({ server, from, state, cause }) => [server, from, state, cause])).toEqual([
    ['s0', null, 'up', 'snapshot'],
    ['s1', null, 'up', 'snapshot'],
    ['s0', 'up', 'down', 'check-status 503'],
    ['s0', 'down', 'up', 'rise'],
  ])
  const [snapshot, , down, up] = events as [EventLine, EventLine, EventLine, EventLine]
  expect([down.seq, up.seq]).toEqual([snapshot.seq + 1, snapshot.seq + 2])
  expect(BigInt(down.at_ns) < BigInt(up.at_ns)).toBe(true)
  expect(Math.abs(Number(BigInt(up.at_ns) / 1_000_000n) - Date.now())).toBeLessThan(10_000)
})

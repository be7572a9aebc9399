import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { startChild } from '../testing/child-server.ts'
import { startNameServer } from '../testing/name-server.ts'
import { RARE_CHECKS, send, startBalancer, startBalancerUnready } from '../testing/start-balancer.ts'
import { answers, closes, isSilent, resets, startServer } from '../testing/test-server.ts'

const POLL = { interval: 5, timeout: 8_000 }

test.each([
  ['check-status 503', answers('draining', 503)],
  ['check-status 404', answers('nothing here', 404)],
  ['check-reset', resets],
  ['check-closed', closes],
  ['check-timeout', isSilent],
])('%s takes a server out, a passed check brings it back', async (cause, behaviour) => {
  await using server = await startServer()
  await using lb = await startBalancer([server], { check: { timeout: '100ms' } })
  server.onCheck = behaviour
  await expect
    .poll(() => lb.log, POLL)
    .toContainEqual(expect.objectContaining({ state: 'down', from: 'up', cause }))
  server.onCheck = answers('ready')
  await expect.poll(() => lb.backend.up.length, POLL).toBe(1)
  expect(lb.backend.servers[0]?.cause).toBe('rise')
})

test('check-refused', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  await server.die()
  await expect.poll(() => lb.log, POLL).toContainEqual(expect.objectContaining({ cause: 'check-refused' }))
  await using again = await startServer(answers('again'), '127.0.0.1', server.port)
  await expect.poll(() => lb.backend.up.length, POLL).toBe(1)
  expect((await send(lb.trafficPort)).body).toBe('again')
  expect(again.seen).toHaveLength(1)
})

test('each check has a connection of its own', async () => {
  const ports = new Set<number | undefined>()
  await using server = await startServer()
  server.onCheck = (asked, response) => {
    ports.add(asked.socket.remotePort)
    answers('ready')(asked, response, '')
  }
  await using lb = await startBalancer([server])
  await expect.poll(() => lb.backend.servers[0]?.checks.passed, POLL).toBeGreaterThanOrEqual(5)
  expect(ports.size).toBeGreaterThanOrEqual(5)
})

test('a frozen process still accepts, and is found out; what it owed is had elsewhere', async () => {
  await using frozen = await startChild()
  await using good = await startServer(answers('good'))
  await using lb = await startBalancer([frozen, good], { check: { timeout: '150ms' } })
  expect((await send(lb.trafficPort)).status).toBe(200)
  frozen.freeze()
  const answered = await Promise.all(Array.from({ length: 6 }, () => send(lb.trafficPort)))
  expect(answered.map(answer => answer.body)).toEqual(Array(6).fill('good'))
  await expect
    .poll(() => lb.log, POLL)
    .toContainEqual(expect.objectContaining({ server: 's0', state: 'down', cause: 'check-timeout' }))
  frozen.thaw()
  await expect.poll(() => lb.backend.up.length, POLL).toBe(2)
})

test('a server that drains, 503 to its checks, still answers what it has', async () => {
  let finish: () => void = () => expect.unreachable()
  await using server = await startServer((_, response) => {
    finish = () => void response.end('finished')
  })
  await using lb = await startBalancer([server])
  const answered = send(lb.trafficPort)
  await expect.poll(() => server.seen.length, POLL).toBe(1)
  server.onCheck = answers('draining', 503)
  await expect.poll(() => lb.backend.up.length, POLL).toBe(0)
  finish()
  expect((await answered).body).toBe('finished')
})

test('a suspicion is checked at once, not when its turn comes', async () => {
  await using a = await startServer(closes)
  await using b = await startServer(answers('b'))
  await using lb = await startBalancer([a, b], { check: { ...RARE_CHECKS, fastinter: '10ms' } })
  const before = lb.backend.servers[0]?.checks.passed ?? 0
  await Promise.all([send(lb.trafficPort), send(lb.trafficPort)])
  await expect.poll(() => lb.backend.servers[0]?.checks.passed, POLL).toBeGreaterThan(before)
  expect(lb.backend.up).toHaveLength(2)
})

test('a server that is down is looked at every downinter', async () => {
  await using server = await startServer()
  server.onCheck = answers('draining', 503)
  const check = { ...RARE_CHECKS, downinter: '5ms' }
  await using lb = await startBalancerUnready([server], { check })
  await expect.poll(() => lb.backend.servers[0]?.checks.failed, POLL).toBeGreaterThan(2)
  server.onCheck = answers('ready')
  await expect.poll(() => lb.backend.up.length, POLL).toBe(1)
})

test('our own lag takes no server out', async () => {
  await using child = await startChild()
  await using lb = await startBalancer([child], { check: { timeout: '50ms', fall: 1 } })
  for (let i = 0; i < 10; i += 1) {
    const endMs = performance.now() + 120
    while (performance.now() < endMs);
    await new Promise(setImmediate)
  }
  const passed = lb.backend.servers[0]?.checks.passed ?? 0
  await expect.poll(() => lb.backend.servers[0]?.checks.passed, POLL).toBeGreaterThan(passed)
  expect(lb.backend.servers[0]?.checks.failed).toBe(0)
})

test('a name that is gone takes a server out, and a new address is followed', async () => {
  await using here = await startServer(answers('here'), '127.0.0.1')
  await using there = await startServer(answers('there'), '127.0.0.2', here.port)
  await using names = await startNameServer('127.0.0.1')
  const resolvers = { nameservers: [names.address], timeout: '2s' }
  await using lb = await startBalancer([{ address: `gateway-a:${here.port}` }], { resolvers })
  expect((await send(lb.trafficPort)).body).toBe('here')
  names.answer = null
  await expect.poll(() => lb.log, POLL).toContainEqual(expect.objectContaining({ cause: 'name-not-found' }))
  names.answer = '127.0.0.2'
  await expect.poll(() => lb.backend.up.length, POLL).toBe(1)
  expect((await send(lb.trafficPort)).body).toBe('there')
  expect(lb.backend.servers[0]?.location).toBe(there.address)
})

test('a name server that falls silent changes nothing', async () => {
  await using server = await startServer()
  await using names = await startNameServer('127.0.0.1')
  const resolvers = { nameservers: [names.address], timeout: '20ms' }
  const address = `gateway-a:${server.port}`
  await using lb = await startBalancer([{ address }], { resolvers })
  names.answer = undefined
  const asked = names.queries.length
  await expect.poll(() => names.queries.length, POLL).toBeGreaterThan(asked + 3)
  expect(lb.backend.servers[0]?.checks.failed).toBe(0)
  await using blind = await startBalancerUnready([{ address }], { resolvers })
  await expect.poll(() => blind.backend.servers[0]?.checks.failed, POLL).toBeGreaterThan(0)
  expect(blind.backend.up).toHaveLength(0)
})

test('all servers slow to their checks: they are down, and yet better than nobody', async () => {
  await using a = await startServer(answers('late'))
  await using b = await startServer(answers('late'))
  await using lb = await startBalancer([a, b], { check: { timeout: '50ms' } })
  a.behave = b.behave = isSilent
  const owed = send(lb.trafficPort)
  await expect.poll(() => a.seen.length + b.seen.length, POLL).toBe(1)
  a.onCheck = b.onCheck = isSilent
  await expect.poll(() => lb.backend.up.length, POLL).toBe(0)
  a.behave = b.behave = answers('late')
  expect((await send(lb.trafficPort)).body).toBe('late')
  expect((await send(lb.adminPort, { path: '/readyz' })).status).toBe(503)
  await Promise.all([a.die(), b.die()])
  expect((await owed).status).toBeGreaterThanOrEqual(500)
  const gone = expect.objectContaining({ because: 'check-refused' })
  await expect.poll(() => lb.backend.servers.map(server => server.state), POLL).toEqual([gone, gone])
  expect(await send(lb.trafficPort)).toMatchObject({
    status: 503,
    headers: { 'x-zonefall-lb-error': 'no-server-up' },
  })
})

import { expect, test } from 'vitest'
import { takePlace } from '../server/place.ts'
import { Trial } from '../server/trial.ts'
import { startChild } from '../testing/child-server.ts'
import { RARE_CHECKS, send, startBalancer, type TestBalancer } from '../testing/start-balancer.ts'
import { answers, type Behaviour, cutsBody, isSilent, resets, startServer } from '../testing/test-server.ts'

const stateOf = (lb: TestBalancer) => lb.backend.servers.map(server => server.state.kind)

/** Enough answers for the balancer to know what is usual. */
async function learnUsual(lb: TestBalancer): Promise<void> {
  for (let time = 0; time < 40; time += 1) await send(lb.trafficPort)
  await expect.poll(() => lb.backend.usual.hedgeMs, { interval: 5 }).toBeLessThan(100)
}

test('a GET that takes too long is asked of a second server, and the first to answer wins', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([a, b, c], { check: RARE_CHECKS })
  await learnUsual(lb)
  a.behave = isSilent
  const got = []
  for (let time = 0; time < 9; time += 1) got.push(await send(lb.trafficPort, { path: '/hedged' }))
  expect(got.every(({ status, body }) => status === 200 && body !== 'a')).toBe(true)
  expect(lb.backend.servers[0]?.traffic.hedges).toBeGreaterThan(0)
  expect(stateOf(lb)).toEqual(['up', 'up', 'up'])
})

test('a hedge that comes second is no reset to anybody, and its connection is used again', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using lb = await startBalancer([a, b], { check: RARE_CHECKS })
  await learnUsual(lb)
  const finish: (() => void)[] = []
  a.behave = (_, response) => void finish.push(() => response.end('late'))
  await Promise.all([send(lb.trafficPort), send(lb.trafficPort)])
  const before = a.connections.size
  for (const one of finish) one()
  await expect.poll(() => lb.backend.servers[0]?.sessions.current).toBe(0)
  expect(a.connections.size).toBe(before)
  expect(lb.backend.servers.map(({ traffic }) => traffic.answerErrors)).toEqual([0, 0])
  expect(lb.backend.servers[0]?.pool.idle).toBeGreaterThan(0)
})

test('a POST is never sent twice on a suspicion', async () => {
  await using slow = await startServer(answers('slow'))
  await using quick = await startServer(answers('quick'))
  await using lb = await startBalancer([slow, quick], { check: RARE_CHECKS })
  await learnUsual(lb)
  const finish: (() => void)[] = []
  slow.behave = (_, response) => void finish.push(() => response.end('slow'))
  const sent = ['/1', '/2', '/3', '/4'].map(path => send(lb.trafficPort, { method: 'POST', path }, 'body'))
  await expect.poll(() => finish.length).toBeGreaterThan(0)
  await expect.poll(() => lb.backend.servers[0]?.isSilent).toBe(true)
  for (const one of finish) one()
  expect((await Promise.all(sent)).every(({ status }) => status === 200)).toBe(true)
  const posts = [...slow.seen, ...quick.seen].filter(line => line.startsWith('POST'))
  expect(posts).toHaveLength(4)
})

test('no hedges when most servers are slow: it is not they who are odd', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using lb = await startBalancer([a, b], { check: RARE_CHECKS })
  await learnUsual(lb)
  const finish: (() => void)[] = []
  a.behave = b.behave = (_, response) => void finish.push(() => response.end('late'))
  const sent = [1, 2].map(() => send(lb.trafficPort))
  await expect.poll(() => finish.length).toBe(2)
  await expect.poll(() => lb.backend.servers.every(({ isSilent }) => isSilent)).toBe(true)
  for (const one of finish) one()
  await Promise.all(sent)
  expect(lb.backend.servers.map(({ traffic }) => traffic.hedges)).toEqual([0, 0])
})

test('hedges and retries come from one budget', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using lb = await startBalancer([a, b], { check: RARE_CHECKS, backend: { 'retry-budget': 0 } })
  a.behave = b.behave = answers('busy', 503)
  for (let time = 0; time < 20; time += 1) await send(lb.trafficPort)
  expect(a.seen.length + b.seen.length).toBe(20 + 10) // a few in any case
})

test('a 503 to a GET is had better elsewhere; who gives only those leaves, and returns on trial', async () => {
  await using bad = await startServer(answers('busy', 503))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([bad, b, c], {
    backend: { ejection: { base: '50ms' }, slowstart: '1ms' },
  })
  for (let time = 0; time < 60; time += 1) expect((await send(lb.trafficPort)).status).toBe(200)
  expect(lb.log).toContainEqual(
    expect.objectContaining({ server: 's0', state: 'down', cause: 'bad-answers' }),
  )
  bad.behave = answers('well again')
  await expect
    .poll(async () => (await send(lb.trafficPort)).body, { interval: 5, timeout: 8_000 })
    .toBe('well again')
})

test('an ejection holds a server back only as long as there is another', async () => {
  await using a = await startServer()
  await using b = await startServer()
  await using lb = await startBalancer([a, b], { backend: { ejection: { base: '10m', max: '10m' } } })
  // The first time nobody is held back, then all are: one of them has to come.
  for (const returning of [2, 1, 1]) {
    for (const server of lb.backend.servers)
      lb.backend.observe(server, { kind: 'ejected', why: 'gone', cause: 'connect-timeout' })
    expect(lb.backend.up).toHaveLength(0)
    await expect.poll(() => lb.backend.up.length).toBe(returning)
  }
})

test('a server on trial with a tunnel open is tried all the same', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using lb = await startBalancer([a, b], { check: RARE_CHECKS })
  const [doubted] = lb.backend.servers
  if (!doubted) throw new Error('no server')
  takePlace(doubted)
  doubted.trial = new Trial(0)
  for (let time = 0; time < 6; time += 1) expect((await send(lb.trafficPort)).status).toBe(200)
  expect(a.seen).toHaveLength(3)
  expect(doubted.trial).toBeUndefined()
})

test('a server whose answers are cut short leaves, though its checks pass', async () => {
  await using bad = await startServer(cutsBody('reset', 'length'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([bad, b, c])
  await expect
    .poll(
      async () => {
        await send(lb.trafficPort)
        return lb.log
      },
      { interval: 1, timeout: 8_000 },
    )
    .toContainEqual(expect.objectContaining({ server: 's0', state: 'down', cause: 'bad-answers' }))
})

test('all answer 503: it is passed on, and nobody leaves', async () => {
  await using a = await startServer(answers('busy', 503))
  await using b = await startServer(answers('busy', 503))
  await using lb = await startBalancer([a, b])
  for (let time = 0; time < 40; time += 1) {
    expect(await send(lb.trafficPort)).toMatchObject({ status: 503, body: 'busy' })
  }
  expect(stateOf(lb)).toEqual(['up', 'up'])
})

test('a server that is slower than its peers leaves, though its checks pass', async () => {
  const slowly: Behaviour = (_, response) => void setTimeout(() => response.end('slow'), 150)
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([a, b, c])
  await learnUsual(lb)
  a.behave = slowly
  await expect
    .poll(
      async () => {
        await Promise.all([1, 2, 3, 4, 5, 6].map(() => send(lb.trafficPort)))
        return lb.log
      },
      { interval: 1, timeout: 8_000 },
    )
    .toContainEqual(expect.objectContaining({ server: 's0', state: 'down', cause: 'slow-answers' }))
})

test('frozen: GETs do not wait for it, whoever else it owes', async () => {
  await using frozen = await startChild()
  await using good = await startServer(answers('good'))
  await using lb = await startBalancer([frozen, good], { check: RARE_CHECKS })
  await learnUsual(lb)
  frozen.freeze()
  const got = []
  for (let time = 0; time < 10; time += 1) got.push(await send(lb.trafficPort))
  expect(got.map(({ body }) => body)).toEqual(Array(10).fill('good'))
  frozen.thaw()
})

test('with an Idempotency-Key a POST that was lost is sent again', async () => {
  await using bad = await startServer(resets)
  await using good = await startServer((_, response, body) => response.end(`got ${body}`))
  await using lb = await startBalancer([bad, good], { check: RARE_CHECKS })
  const headers = { 'idempotency-key': 'one' }
  const got = []
  for (let time = 0; time < 2; time += 1)
    got.push(await send(lb.trafficPort, { method: 'POST', headers }, 'body'))
  expect(got.map(({ body }) => body)).toEqual(['got body', 'got body'])
  expect(bad.seen).toEqual(['POST /'])
})

test('a full server is not given more: the next waits in line, and what is too much is told at once', async () => {
  const finish: (() => void)[] = []
  await using server = await startServer((_, response) => void finish.push(() => response.end('done')))
  await using lb = await startBalancer([server], {
    check: RARE_CHECKS,
    backend: { maxconn: 1, maxqueue: 1, timeouts: { queue: '10s' } },
  })
  const first = send(lb.trafficPort)
  await expect.poll(() => finish.length).toBe(1)
  const second = send(lb.trafficPort)
  await expect.poll(() => lb.backend.line.length).toBe(1)
  const third = await send(lb.trafficPort)
  expect(third).toMatchObject({
    status: 503,
    headers: { 'x-zonefall-lb-error': 'maxconn', 'retry-after': '1' },
  })
  expect(server.seen).toHaveLength(1)
  finish[0]?.()
  await expect.poll(() => finish.length).toBe(2)
  finish[1]?.()
  expect((await Promise.all([first, second])).map(({ body }) => body)).toEqual(['done', 'done'])
})

test('what is to be sent again waits in line too, if all who are left are full', async () => {
  const held = Promise.withResolvers<() => void>()
  await using full = await startServer((_, response) => held.resolve(() => response.end('first')))
  await using dead = await startServer()
  await using lb = await startBalancer([full, dead], {
    check: RARE_CHECKS,
    backend: { maxconn: 1, timeouts: { queue: '10s' } },
  })
  const first = send(lb.trafficPort, { method: 'POST' }, 'one')
  const finish = await held.promise
  await dead.die()
  const second = send(lb.trafficPort, { method: 'POST' }, 'two')
  await expect.poll(() => lb.backend.line.length).toBe(1)
  full.behave = answers('second')
  finish()
  expect((await Promise.all([first, second])).map(({ body }) => body)).toEqual(['first', 'second'])
})

test('a server that an operator makes ready is there for those in line', async () => {
  const held = Promise.withResolvers<() => void>()
  await using full = await startServer((_, response) => held.resolve(() => response.end('first')))
  await using drained = await startServer(answers('ready again'))
  await using lb = await startBalancer([full, drained], {
    check: RARE_CHECKS,
    backend: { maxconn: 1, timeouts: { queue: '10s' } },
  })
  const [, server] = lb.backend.servers
  if (!server) throw new Error('no server')
  lb.backend.administer(server, { administration: 'drain' })
  const first = send(lb.trafficPort, { method: 'POST' }, 'one')
  const finish = await held.promise
  const second = send(lb.trafficPort, { method: 'POST' }, 'two')
  await expect.poll(() => lb.backend.line.length).toBe(1)
  lb.backend.administer(server, { administration: 'ready' })
  expect((await second).body).toBe('ready again')
  finish()
  await first
})

test('who waits in line for too long is told, and who leaves is forgotten', async () => {
  await using server = await startServer(isSilent)
  await using lb = await startBalancer([server], {
    check: RARE_CHECKS,
    backend: { maxconn: 1, timeouts: { queue: '50ms' } },
  })
  const first = send(lb.trafficPort).catch(() => undefined)
  await expect.poll(() => server.seen.length).toBe(1)
  expect(await send(lb.trafficPort)).toMatchObject({
    status: 503,
    headers: { 'x-zonefall-lb-error': 'queue-timeout' },
  })
  await server.die()
  await first
})

test('a server that returns gets a growing share', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using lb = await startBalancer([a, b], { backend: { slowstart: '60s' } })
  a.onCheck = answers('no', 503)
  await expect.poll(() => lb.backend.up.length).toBe(1)
  a.onCheck = answers('ready')
  await expect.poll(() => lb.backend.up.length).toBe(2)
  a.seen.length = 0
  for (let time = 0; time < 44; time += 1) await send(lb.trafficPort)
  expect(a.seen.length).toBeGreaterThanOrEqual(3)
  expect(a.seen.length).toBeLessThanOrEqual(6)
})

test('a zone most of which is under suspicion is left as a whole', async () => {
  const servers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => startServer(answers('ok'))))
  const zones = ['a', 'a', 'a', 'b', 'b', 'b']
  await using lb = await startBalancer(servers, {
    check: RARE_CHECKS,
    backend: {
      servers: servers.map(({ address }, index) => ({ name: `s${index}`, zone: zones[index], address })),
    },
  })
  for (const server of lb.backend.servers.slice(0, 2)) lb.backend.observe(server, { kind: 'suspected' })
  for (let time = 0; time < 12; time += 1) await send(lb.trafficPort)
  expect(servers.map(({ seen }) => seen.length)).toEqual([0, 0, 0, 4, 4, 4])
  await Promise.all(servers.map(server => server.die()))
})

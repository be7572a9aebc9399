import { expect, test } from 'vitest'
import { type BalancerProcess, startBalancerProcess } from '../../lifecycle/testing/balancer-process.ts'
import { configText } from '../../lifecycle/testing/config-text.ts'
import { send } from '../../testing/start-balancer.ts'
import { answers, startServer } from '../../testing/test-server.ts'
import { readStats } from '../stats/testing/read-stats.ts'
import { watchEvents } from '../testing/watch-events.ts'

const TOKEN = 'only-for-this-test-0'
const POLL = { interval: 5, timeout: 8_000 }

async function startPair() {
  const a = await startServer(answers('a'))
  const b = await startServer(answers('b'))
  const servers = [
    { name: 'a', address: a.address },
    { name: 'b', address: b.address },
  ]
  const lb = await startBalancerProcess(configText({ servers }), { ZONEFALL_LB_TOKEN: TOKEN })
  await expect.poll(() => stateOf(lb), POLL).toEqual({ a: 'up', b: 'up' })
  return {
    a,
    b,
    lb,
    [Symbol.asyncDispose]: async () => {
      for (const one of [lb, a, b]) await one[Symbol.asyncDispose]()
    },
  }
}

async function order(lb: BalancerProcess, path: string, body?: string, token = TOKEN) {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await send(lb.adminPort, { method: 'POST', path, headers }, body)
  return { status: answer.status, body: JSON.parse(answer.body) }
}

async function stateOf(lb: BalancerProcess) {
  const { body } = await send(lb.adminPort, { path: '/v1/servers' })
  const { servers } = JSON.parse(body) as { servers: { name: string; state: string }[] }
  return Object.fromEntries(servers.map(({ name, state }) => [name, state]))
}

/** Who answers so many requests. */
async function shares(lb: BalancerProcess, requests: number) {
  const counts: Record<string, number> = {}
  for (let i = 0; i < requests; i += 1) {
    const { body } = await send(lb.trafficPort)
    counts[body] = (counts[body] ?? 0) + 1
  }
  return counts
}

test('drain, maint and ready: in force at once, told in the stream and in the statistics', async () => {
  await using pair = await startPair()
  const { lb } = pair
  await using watched = await watchEvents(lb.adminPort)
  for (const [word, status] of [
    ['drain', 'DRAIN'],
    ['maint', 'MAINT'],
  ]) {
    expect(await order(lb, `/v1/servers/a/${word}`)).toMatchObject({
      status: 200,
      body: { name: 'a', state: 'drain', administration: word, cause: `operator ${word}` },
    })
    expect(await shares(lb, 10)).toEqual({ b: 10 })
    expect(await readStats(lb.adminPort, 'a')).toMatchObject({ status })
    await order(lb, '/v1/servers/a/ready')
    expect(await shares(lb, 10)).toEqual({ a: 5, b: 5 })
  }
  await expect
    .poll(() => watched.events('a'), POLL)
    .toEqual([
      'up: snapshot',
      'drain: operator drain',
      'up: operator ready',
      'drain: operator maint',
      'up: operator ready',
    ])
})

test('what a drained server has under way is answered', async () => {
  await using pair = await startPair()
  const { lb, a } = pair
  await order(lb, '/v1/servers/b/drain')
  const held = Promise.withResolvers<() => void>()
  a.behave = (_, response) => held.resolve(() => response.end('late'))
  const slow = send(lb.trafficPort)
  const finish = await held.promise
  await order(lb, '/v1/servers/a/drain')
  expect((await send(lb.trafficPort)).status).toBe(503)
  finish()
  expect(await slow).toMatchObject({ status: 200, body: 'late', end: 'whole' })
})

test('weight: 0 drains, and it is told even where nothing else changes', async () => {
  await using pair = await startPair()
  const { lb } = pair
  await using watched = await watchEvents(lb.adminPort)
  expect(await order(lb, '/v1/servers/a/weight', '{"weight":0}')).toMatchObject({
    status: 200,
    body: { state: 'drain', weight: 0 },
  })
  expect(await shares(lb, 4)).toEqual({ b: 4 })
  expect(await readStats(lb.adminPort, 'a')).toMatchObject({ status: 'DRAIN', weight: '0' })
  await order(lb, '/v1/servers/a/weight', '{"weight":100}')
  await order(lb, '/v1/servers/b/weight', '{"weight":50}')
  expect(await readStats(lb.adminPort, 'b')).toMatchObject({ status: 'UP', uweight: '50' })
  await expect.poll(() => watched.events('b').at(-1), POLL).toBe('up: operator weight 50')
})

test('a server that is made ready while it is down stays out until its checks pass', async () => {
  await using pair = await startPair()
  const { lb, a } = pair
  await order(lb, '/v1/servers/a/maint')
  a.onCheck = answers('no', 503)
  await expect.poll(() => readStats(lb.adminPort, 'a'), POLL).toMatchObject({ check_status: 'L7STS' })
  await order(lb, '/v1/servers/a/ready')
  await expect.poll(() => stateOf(lb), POLL).toEqual({ a: 'down', b: 'up' })
  a.onCheck = answers('ready')
  await expect.poll(() => stateOf(lb), POLL).toEqual({ a: 'up', b: 'up' })
})

test('who has no token, and what is no command, changes nothing', async () => {
  await using pair = await startPair()
  const { lb } = pair
  const bare = await send(lb.adminPort, { method: 'POST', path: '/v1/servers/a/maint' })
  expect([bare.status, bare.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  expect((await order(lb, '/v1/servers/a/maint', undefined, `${TOKEN}x`)).status).toBe(401)
  expect((await order(lb, '/v1/servers/c/maint')).body).toMatchObject({ servers: ['a', 'b'] })
  expect((await order(lb, '/v1/servers/%zz/maint')).status).toBe(404)
  expect((await order(lb, '/v1/servers/a/kill')).status).toBe(404)
  for (const body of ['', '5', '{"weight":-1}', '{"weight":257}', '{"weight":1.5}', '{"weight":1,"x":1}']) {
    expect((await order(lb, '/v1/servers/a/weight', body)).status).toBe(400)
  }
  expect((await order(lb, '/v1/servers/a/weight', ' '.repeat(2_000))).status).toBe(413)
  expect((await send(lb.adminPort, { method: 'POST', path: '/v1/servers' })).status).toBe(405)
  expect(await stateOf(lb)).toEqual({ a: 'up', b: 'up' })
})

test('without a token in the configuration nobody may give commands', async () => {
  await using server = await startServer()
  await using lb = await startBalancerProcess(
    configText({ servers: [{ name: 'a', address: server.address }] }),
    { ZONEFALL_LB_TOKEN: '' },
  )
  expect(await order(lb, '/v1/servers/a/maint')).toMatchObject({
    status: 403,
    body: { error: expect.stringContaining('admin.token-file') },
  })
})

import { writeFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { expect, test } from 'vitest'
import { readStats } from '../admin/stats/testing/read-stats.ts'
import { watchEvents } from '../admin/testing/watch-events.ts'
import { type Answer, send } from '../testing/start-balancer.ts'
import { answers, isSilent, startServer, type TestServer } from '../testing/test-server.ts'
import { type BalancerProcess, startBalancerProcess } from './testing/balancer-process.ts'
import { type ConfigParts, configText } from './testing/config-text.ts'

const POLL = { interval: 5, timeout: 8_000 }
const CLIENTS = 8
const REQUESTS = 3_000
const LIMIT_MS = 60_000
const RELOADS = 12

const named = (servers: Readonly<Record<string, TestServer>>, weight = 1) =>
  Object.entries(servers).map(([name, { address }]) => ({ name, address, weight }))

async function reload(lb: BalancerProcess, parts: ConfigParts) {
  await writeFile(lb.configPath, configText(parts))
  lb.signal('SIGHUP')
  return await lb.next('reloaded')
}

async function isUp(lb: BalancerProcess, ...names: string[]) {
  for (const name of names) {
    await expect.poll(() => readStats(lb.adminPort, name), POLL).toMatchObject({ status: 'UP' })
  }
}

test(
  'servers come and go under load, on kept connections: no request is lost, none is cut',
  async () => {
    await using a = await startServer(answers('a'))
    await using b = await startServer(answers('b'))
    await using c = await startServer(answers('c'))
    await using lb = await startBalancerProcess(configText({ servers: named({ a, b, c }) }))
    await isUp(lb, 'a', 'b', 'c')

    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
    const wrong: unknown[] = []
    let left = REQUESTS
    let reloaded = 0
    const client = async () => {
      // Until the last reload is through, however fast the machine is.
      while (left > 0 || reloaded < RELOADS) {
        left -= 1
        const answer = await send(lb.trafficPort, { agent }).catch((error: Error) => error)
        if (!isGood(answer)) wrong.push(answer)
      }
    }
    const operator = async () => {
      const fleets = [
        { a, b },
        { b, c },
        { a, b, c },
        { c, a },
      ]
      for (; reloaded < RELOADS; reloaded += 1) {
        const fleet = fleets[reloaded % fleets.length] ?? {}
        await reload(lb, { servers: named(fleet, reloaded + 1), backend: `  retries: ${reloaded % 3}` })
        await isUp(lb, ...Object.keys(fleet))
      }
    }
    await Promise.all([operator(), ...Array.from({ length: CLIENTS }, client)])
    expect(wrong).toEqual([])
    const frontend = await readStats(lb.adminPort, 'FRONTEND')
    expect(frontend).toMatchObject({ stot: String(CLIENTS), hrsp_5xx: '0' })
    expect(Number(frontend['hrsp_2xx'])).toBeGreaterThanOrEqual(REQUESTS)
    agent.destroy()
  },
  LIMIT_MS,
)

function isGood(answer: Answer | Error): boolean {
  return !(answer instanceof Error) && answer.status === 200 && answer.end === 'whole'
}

test('all servers replaced at once: the old ones serve until one of the new has been looked at', async () => {
  const held = Promise.withResolvers<() => void>()
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  b.onCheck = (_, response) => held.resolve(() => response.end('ready'))
  await using lb = await startBalancerProcess(configText({ servers: named({ a }) }))
  await isUp(lb, 'a')
  await reload(lb, { servers: named({ b }) })
  const pass = await held.promise
  expect((await send(lb.trafficPort)).body).toBe('a')
  expect((await send(lb.adminPort, { path: '/readyz' })).status).toBe(200)
  b.onCheck = answers('ready')
  pass()
  await isUp(lb, 'b')
  expect((await send(lb.trafficPort)).body).toBe('b')
  await expect.poll(() => a.connections.size, POLL).toBe(0)
})

test('a removed server answers what it has, and gets nothing new; one that stays keeps its state and counts', async () => {
  const held = Promise.withResolvers<() => void>()
  await using a = await startServer(answers('a'))
  await using b = await startServer((_, response) => held.resolve(() => response.end('late')))
  await using lb = await startBalancerProcess(configText({ servers: named({ a, b }) }))
  await isUp(lb, 'a', 'b')
  await using watched = await watchEvents(lb.adminPort)
  const answered = await Promise.race([send(lb.trafficPort), send(lb.trafficPort)])
  expect(answered.body).toBe('a')
  const finish = await held.promise

  await using d = await startServer(answers('d'))
  expect(await reload(lb, { servers: named({ a, d }) })).toMatchObject({ added: ['d'], removed: ['b'] })
  await isUp(lb, 'd')
  const bodies = new Set<string>()
  for (let i = 0; i < 10; i += 1) bodies.add((await send(lb.trafficPort)).body)
  expect(bodies).toEqual(new Set(['a', 'd']))
  finish()
  await expect.poll(() => b.connections.size, POLL).toBe(0)
  expect(await readStats(lb.adminPort, 'a')).toMatchObject({ chkdown: '0', stot: '6' })
  await expect.poll(() => watched.events('d'), POLL).toEqual(['down: added', 'up: rise'])
  expect(watched.events('b')).toEqual(['up: snapshot', 'drain: removed'])
  expect(watched.events('a')).toEqual(['up: snapshot'])
})

test('what is under way at a server that stays keeps its time limit, though nothing new comes', async () => {
  await using a = await startServer(isSilent)
  const parts = { servers: named({ a }), backend: '  timeouts: { server: 300ms }\n  retries: 0' }
  await using lb = await startBalancerProcess(configText(parts))
  await isUp(lb, 'a')
  const asked = send(lb.trafficPort)
  await expect.poll(() => a.seen, POLL).toEqual(['GET /'])
  await reload(lb, parts)
  expect((await asked).status).toBe(504)
})

test('what an operator has set outlasts a reload, until the file says something new of it', async () => {
  await using a = await startServer()
  await using b = await startServer()
  const env = { ZONEFALL_LB_TOKEN: 'only-for-this-test-0' }
  const headers = { authorization: `Bearer ${env.ZONEFALL_LB_TOKEN}` }
  await using lb = await startBalancerProcess(configText({ servers: named({ a, b }) }), env)
  await isUp(lb, 'a', 'b')
  await send(lb.adminPort, { method: 'POST', path: '/v1/servers/a/drain', headers })
  await send(lb.adminPort, { method: 'POST', path: '/v1/servers/b/weight', headers }, '{"weight":7}')
  await reload(lb, { servers: named({ a, b }) })
  expect(await readStats(lb.adminPort, 'a')).toMatchObject({ status: 'DRAIN' })
  expect(await readStats(lb.adminPort, 'b')).toMatchObject({ uweight: '7' })
  await reload(lb, { servers: named({ a, b }, 3) })
  expect(await readStats(lb.adminPort, 'a')).toMatchObject({ status: 'DRAIN', uweight: '3' })
  expect(await readStats(lb.adminPort, 'b')).toMatchObject({ uweight: '3' })
})

test('a file that cannot be used, or asks for more than a reload can do: the line, and all goes on as before', async () => {
  await using a = await startServer()
  const env = { ZONEFALL_LB_TOKEN: 'only-for-this-test-0' }
  const good = configText({ servers: named({ a }) })
  await using lb = await startBalancerProcess(good, env)
  await isUp(lb, 'a')
  for (const [wrong, problem] of [
    [good.replace('fall: 2', 'fall: 0'), /lb\.yml:7: backend\.check\.fall: /],
    [
      good.replace('frontend: { bind: "127.0.0.1:0" }', 'frontend: { bind: "127.0.0.1:1" }'),
      /lb\.yml:1: frontend\.bind: was 127\.0\.0\.1:0 at the start/,
    ],
    [good.replace('name: tests', 'name: [tests'), /lb\.yml:\d+: /],
  ] as const) {
    await writeFile(lb.configPath, wrong)
    lb.signal('SIGHUP')
    expect(await lb.next('reload-refused')).toMatchObject({ problem: expect.stringMatching(problem) })
    const headers = { authorization: `Bearer ${env.ZONEFALL_LB_TOKEN}` }
    const asked = await send(lb.adminPort, { method: 'POST', path: '/v1/reload', headers })
    expect([asked.status, JSON.parse(asked.body)]).toMatchObject([
      422,
      { kind: 'refused', problem: expect.stringMatching(problem) },
    ])
    await lb.next('reload-refused')
    expect((await send(lb.trafficPort)).status).toBe(200)
  }
})

import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startEchoApp, startManualApp } from '../testing/apps.ts'
import { startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import { DEADLINE_HEADER } from './deadline.ts'

const ROUTES = `
upstreams: { apps: { breaker: { failures: 50%, window: 10s, requests: 5, rest: 100ms } } }
routes: [{ name: all, path: /, upstream: apps }]
`

/** An app that answers with a status that can be set, and counts. */
async function startApp() {
  const state = { status: 200, requests: 0 }
  const app = await startHttp((req, res) => {
    state.requests += 1
    req.resume()
    res.writeHead(state.status).end('app')
  })
  return Object.assign(state, { port: app.port })
}

async function statuses(url: string, times: number, init: RequestInit = {}): Promise<number[]> {
  const seen: number[] = []
  for (let k = 0; k < times; k += 1) {
    const answer = await fetch(url, init)
    await answer.arrayBuffer()
    seen.push(answer.status)
  }
  return seen
}

type Gateway = Awaited<ReturnType<typeof startGateway>>
const states = ({ context }: Gateway) =>
  context.upstreams.flatMap(one => one.breakerStates().map(s => s.state))

test('an app that keeps saying it cannot is left alone, and the others take its requests', async () => {
  const [bad, good] = [await startApp(), await startApp()]
  bad.status = 503
  const gateway = await startGateway([appAt(bad.port), appAt(good.port, 'app-b', 'zone-b')], {
    routes: ROUTES,
  })
  expect(await statuses(gateway.url, 5)).toEqual([503, 503, 503, 503, 503])
  expect(states(gateway)).toEqual(['open', 'closed'])
  expect(await statuses(gateway.url, 3, { method: 'POST' })).toEqual([200, 200, 200])
  expect([bad.requests, good.requests]).toEqual([5, 3])
  expect(gateway.logged).toContainEqual({
    event: 'breaker',
    fields: { upstream: 'apps', app: 'app-a', state: 'open' },
  })
})

test('all open: 503 at once, and when to come back; after a rest one request is let through, and closes it', async () => {
  const app = await startApp()
  app.status = 503
  const gateway = await startGateway([appAt(app.port)], { routes: ROUTES })
  await statuses(gateway.url, 5)
  const answer = await fetch(gateway.url)
  expect([answer.status, answer.headers.get('x-zonefall-gateway-error')]).toEqual([503, 'circuit-open'])
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(app.requests).toBe(5)
  app.status = 200
  await vi.waitFor(async () => expect(await statuses(gateway.url, 1)).toEqual([200]))
  expect(states(gateway)).toEqual(['closed'])
  expect(await statuses(gateway.url, 4)).toEqual([200, 200, 200, 200])
})

test('while a trial is on its way, nobody else is let through', async () => {
  const app = await startManualApp()
  const gateway = await startGateway([appAt(app.port)], { routes: ROUTES })
  const first = [1, 2, 3, 4, 5].map(() => fetch(gateway.url))
  await vi.waitFor(() => expect(app.answers).toHaveLength(5))
  for (const answer of app.answers) answer(503)
  await Promise.all(first)
  let trial: Promise<Response> | undefined
  await vi.waitFor(async () => {
    trial = fetch(gateway.url)
    await vi.waitFor(() => expect(app.answers).toHaveLength(6), { timeout: 50, interval: 5 })
  })
  expect(states(gateway)).toEqual(['half-open'])
  expect((await fetch(gateway.url)).headers.get('x-zonefall-gateway-error')).toBe('circuit-open')
  app.answers[5]?.()
  expect((await trial)?.status).toBe(200)
})

test('an app that its checks find up again is trusted again at once', async () => {
  const app = await startApp()
  app.status = 503
  const gateway = await startGateway([appAt(app.port)], { routes: ROUTES.replace('100ms', '30s') })
  await statuses(gateway.url, 5)
  expect(states(gateway)).toEqual(['open'])
  app.status = 200
  for (const evidence of ['unreachable', 'check-passed', 'check-passed'] as const) {
    gateway.context.apps[0]?.saw(evidence)
  }
  expect(states(gateway)).toEqual(['closed'])
  expect(await statuses(gateway.url, 1)).toEqual([200])
})

test('"off" is off', async () => {
  const app = await startApp()
  app.status = 503
  const gateway = await startGateway([appAt(app.port)], {
    routes: '{ upstreams: { apps: { breaker: off } }, routes: [{ name: all, path: /, upstream: apps }] }',
  })
  await statuses(gateway.url, 30)
  expect(app.requests).toBe(30)
})

describe('what must not open it', () => {
  test('a slow app under load, with the defaults', async () => {
    const app = await startHttp((req, res) => {
      req.resume()
      setTimeout(() => res.end('late'), 300)
    })
    const gateway = await startGateway([appAt(app.port)])
    const answers = await Promise.all(Array.from({ length: 300 }, () => fetch(gateway.url)))
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(states(gateway)).toEqual(['closed'])
  })

  test('clients in too much of a hurry, and clients that leave', async () => {
    const app = await startManualApp()
    const gateway = await startGateway([appAt(app.port)], { routes: ROUTES })
    expect(await statuses(gateway.url, 10, { headers: { [DEADLINE_HEADER]: '10' } })).toEqual(
      Array(10).fill(504),
    )
    for (let k = 0; k < 10; k += 1) {
      await fetch(gateway.url, { signal: AbortSignal.timeout(10) }).catch(() => undefined)
    }
    await vi.waitFor(() => expect(gateway.context.shedder.inFlight).toBe(0))
    expect(states(gateway)).toEqual(['closed'])
  })

  test("errors that may be the request's own, and bodies that are too large", async () => {
    const app = await startApp()
    app.status = 500
    const gateway = await startGateway([appAt(app.port)], {
      routes: ROUTES.replace('upstream: apps', 'upstream: apps, maxBody: 10B'),
    })
    expect(await statuses(gateway.url, 10)).toEqual(Array(10).fill(500))
    await statuses(gateway.url, 10, { method: 'POST', body: 'x'.repeat(11) })
    expect(states(gateway)).toEqual(['closed'])
  })

  test('apps that are gone, which costs nothing to find out: they serve as soon as they are back', async () => {
    const app = await startEchoApp()
    app.server.close()
    app.server.closeAllConnections()
    const gateway = await startGateway([appAt(app.port)], { routes: ROUTES })
    expect(await statuses(gateway.url, 20)).toEqual(Array(20).fill(503))
    expect(states(gateway)).toEqual(['closed'])
    await new Promise<void>(resolve => app.server.listen(app.port, '127.0.0.1', resolve))
    expect(await statuses(gateway.url, 1)).toEqual([200])
  })
})

describe('its own clock', () => {
  function startBreaker() {
    const clock = { ms: 0 }
    const seen: BreakerState[] = []
    const breaker = new Breaker<'good' | 'bad'>({
      settings: { failures: 0.5, window: 10_000, requests: 5, rest: 1_000 },
      isFailure: result => result === 'bad',
      nowMs: () => clock.ms,
      onChange: state => seen.push(state),
    })
    const run = (result: 'good' | 'bad') => breaker.run(async () => result)
    return { breaker, clock, seen, run }
  }

  async function open({ breaker, run }: ReturnType<typeof startBreaker>) {
    while (breaker.state === 'closed') await run('bad')
  }

  test('each trial that fails doubles the rest, to half a minute; one that succeeds ends it all', async () => {
    const started = startBreaker()
    const { breaker, clock, seen, run } = started
    await open(started)
    const rests: number[] = []
    for (let k = 0; k < 7; k += 1) {
      rests.push(breaker.restLeftMs)
      clock.ms += breaker.restLeftMs - 1
      expect(breaker.admits).toBe(false)
      clock.ms += 1
      expect(breaker.admits).toBe(true)
      await run('bad')
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    clock.ms += breaker.restLeftMs
    await run('good')
    expect(seen.slice(-2)).toEqual(['half-open', 'closed'])
    await open(started)
    expect(breaker.restLeftMs).toBe(1_000)
  })

  test('a wall clock that is set back holds no trial up', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const started = startBreaker()
    const { breaker, clock, run } = started
    await open(started)
    vi.setSystemTime(Date.now() - 3_600_000)
    clock.ms += 1_000
    expect(breaker.admits).toBe(true)
    await run('good')
    expect(breaker.state).toBe('closed')
  })

  test('half of the requests may fail, and few prove nothing', async () => {
    const { breaker, run } = startBreaker()
    for (const result of [
      'bad',
      'bad',
      'bad',
      'bad',
      'good',
      'good',
      'good',
      'good',
      'good',
      'bad',
    ] as const) {
      await run(result)
    }
    expect(breaker.state).toBe('closed')
    await run('bad')
    expect(breaker.state).toBe('open')
  })
})

import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'
import { createAdminServer } from './admin-server.ts'

const KEY = createHash('sha256').update('key').digest('hex')
const ROUTES = `
trustedProxies: 1
upstreams: { apps: {} }
consumers: [{ name: shop, sha256: [${KEY}] }]
routes:
  - { name: open, path: /, upstream: apps, log: all }
  - { name: keyed, path: /keyed, upstream: apps, auth: [api-key] }
`

async function start() {
  const app = await startHttp((req, res) => {
    req.resume()
    res.writeHead(req.url === '/bad' ? 500 : 200).end('ok')
  })
  const gateway = await startGateway([appAt(app.port)], { routes: ROUTES })
  const admin = createAdminServer(gateway.context)
  onTestFinished(() => admin.close())
  const url = await admin.listen({ port: 0, host: '127.0.0.1' })
  const metrics = async () => await (await fetch(`${url}/metrics`)).text()
  return { ...gateway, adminUrl: url, metrics }
}

async function drainOf(url: string, headers: Record<string, string> = {}): Promise<void> {
  await (await fetch(url, { headers })).arrayBuffer()
}

test('requests by route, status and consumer; attempts by app; own errors; states', async () => {
  const { url, metrics } = await start()
  await drainOf(url)
  await drainOf(`${url}/bad`)
  await drainOf(`${url}/keyed`)
  await drainOf(`${url}/keyed`, { 'x-api-key': 'key' })
  const text = await metrics()
  for (const line of [
    'gateway_request_duration_seconds_count{route="open",status="2xx",consumer="anonymous"} 1',
    'gateway_request_duration_seconds_count{route="open",status="5xx",consumer="anonymous"} 1',
    'gateway_request_duration_seconds_count{route="keyed",status="4xx",consumer="anonymous"} 1',
    'gateway_request_duration_seconds_count{route="keyed",status="2xx",consumer="shop"} 1',
    'gateway_upstream_attempt_duration_seconds_count{upstream="apps",app="app-a",outcome="2xx"} 2',
    'gateway_own_errors_total{code="unauthenticated"} 1',
    'gateway_shed_total{reason="lag"} 0',
    'gateway_breaker_state{upstream="apps",app="app-a"} 0',
    'gateway_bulkhead_active{upstream="apps"} 0',
    'gateway_app_up{app="app-a"} 1',
    'gateway_requests_in_flight 0',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
  expect(text).toContain('gateway_nodejs_eventloop_lag_seconds')
})

test('whoever calls, from wherever and for whatever, the series stay as few', async () => {
  const { url, metrics } = await start()
  const seriesOf = (text: string) =>
    text.split('\n').filter(line => line.startsWith('gateway_request')).length
  await drainOf(url)
  const before = seriesOf(await metrics())
  for (let k = 0; k < 50; k += 1) {
    await drainOf(`${url}/path-${k}?q=${k}`, { 'x-forwarded-for': `192.0.2.${k}`, 'x-request-id': `r-${k}` })
  }
  expect(seriesOf(await metrics())).toBe(before)
})

test('alive, ready and status; a drain is unready and still alive', async () => {
  const { adminUrl, context } = await start()
  const status = async (path: string) => (await fetch(`${adminUrl}${path}`)).status
  expect([await status('/livez'), await status('/readyz')]).toEqual([200, 200])
  expect(await (await fetch(`${adminUrl}/status`)).json()).toMatchObject({
    gateway: 'gateway-a',
    phase: 'serving',
    upstreams: [
      {
        name: 'apps',
        deadline_ms: 10_000,
        bulkhead: { active: 0, waiting: 0 },
        apps: [{ name: 'app-a', health: { kind: 'up' }, breaker: 'closed' }],
      },
    ],
  })
  context.lifecycle.phase = 'draining'
  expect([await status('/livez'), await status('/readyz')]).toEqual([200, 503])
})

test('every request of a route that wants it is logged, without its query', async () => {
  const { url, logged } = await start()
  await drainOf(`${url}/paid?card=1`, { 'x-request-id': 'r-1' })
  await expect
    .poll(() => logged.find(({ event }) => event === 'access')?.fields)
    .toMatchObject({
      request_id: 'r-1',
      route: 'open',
      method: 'GET',
      path: '/paid',
      status: 200,
      ended: 'whole',
    })
})

test('the front leads nowhere near it', async () => {
  const { url } = await start()
  expect((await fetch(`${url}/admin/metrics`)).status).toBe(404)
})

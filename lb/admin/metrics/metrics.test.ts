import { expect, test } from 'vitest'
import { send, startBalancer } from '../../testing/start-balancer.ts'
import { answers, startServer } from '../../testing/test-server.ts'

async function scrape(port: number) {
  const { body, headers } = await send(port, { path: '/metrics' })
  expect(headers['content-type']).toMatch(/^text\/plain; version=/)
  const lines = body.split('\n').filter(line => line && !line.startsWith('#'))
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

test('after traffic; asked twice, the counters are the same', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b', 404))
  await using lb = await startBalancer([a, b])
  for (let i = 0; i < 6; i += 1) await send(lb.trafficPort, { path: `/${i}` })
  await scrape(lb.adminPort)
  const metrics = await scrape(lb.adminPort)
  for (const [name, value] of [
    ['haproxy_frontend_http_requests_total{proxy="edge"}', 6],
    ['haproxy_backend_http_responses_total{proxy="tests",code="2xx"}', 3],
    ['haproxy_server_http_responses_total{proxy="tests",server="s1",code="4xx"}', 3],
    ['haproxy_server_sessions_total{proxy="tests",server="s0"}', 3],
    ['haproxy_server_status{proxy="tests",server="s0",state="UP"}', 1],
    ['haproxy_server_status{proxy="tests",server="s0",state="DOWN"}', 0],
    ['haproxy_backend_active_servers{proxy="tests"}', 2],
    ['haproxy_backend_status{proxy="tests",state="UP"}', 1],
    ['zonefall_lb_request_duration_seconds_count', 6],
    ['zonefall_lb_draining', 0],
  ] as const) {
    expect([name, metrics.get(name)]).toEqual([name, value])
  }
})

test('no path, method or header of a client makes a new series', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  await send(lb.trafficPort)
  const before = [...(await scrape(lb.adminPort)).keys()]
  for (let i = 0; i < 20; i += 1) {
    const headers = { host: `host-${i}`, 'x-anything': `${i}` }
    await send(lb.trafficPort, { path: `/${i}?q=${i}`, method: i % 2 ? 'DELETE' : 'GET', headers })
  }
  expect([...(await scrape(lb.adminPort)).keys()]).toEqual(before)
})

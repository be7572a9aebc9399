import { expect, test, vi } from 'vitest'
import { startManualApp } from '../testing/apps.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

const routesWith = (shed: string) =>
  `{ shed: ${shed}, upstreams: { apps: {} }, routes: [{ name: all, path: /, upstream: apps }] }`

test('more at once than it may have: 503 and Retry-After; its health is told all the same', async () => {
  const app = await startManualApp()
  const gateway = await startGateway([appAt(app.port)], { routes: routesWith('{ concurrent: 2 }') })
  const inside = [fetch(gateway.url), fetch(gateway.url)]
  await vi.waitFor(() => expect(app.answers).toHaveLength(2))
  const shed = await fetch(gateway.url)
  expect(shed.status).toBe(503)
  expect(shed.headers.get('retry-after')).toBe('1')
  expect(shed.headers.get('x-zonefall-gateway-error')).toBe('overloaded')
  for (const path of ['/livez', '/readyz']) expect((await fetch(`${gateway.url}${path}`)).status).toBe(200)
  for (const answer of app.answers) answer()
  for (const one of inside) expect((await one).status).toBe(200)
  const next = fetch(gateway.url)
  await vi.waitFor(() => expect(app.answers).toHaveLength(3))
  app.answers[2]?.()
  expect((await next).status).toBe(200)
})

test('an event loop that is really behind, for long, turns some away; a single long turn none', async () => {
  const app = await startManualApp()
  const gateway = await startGateway([appAt(app.port)], { routes: routesWith('{ lag: 20ms }') })
  await gateway.watch()
  const { shedder } = gateway.context
  burn(700)
  await new Promise(resolve => setImmediate(resolve))
  expect(shedder.share).toBe(0)
  // From here on, each turn of the loop takes longer than it may.
  const stop = new AbortController()
  const turn = () => {
    burn(60)
    if (!stop.signal.aborted) setImmediate(turn)
  }
  turn()
  await vi.waitFor(() => expect(shedder.share).toBeGreaterThan(0), { timeout: 20_000 })
  stop.abort()
  const verdicts = Array.from({ length: 10 }, () => shedder.enter())
  expect(verdicts).toContain('lag')
  expect(verdicts).toContain(undefined)
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
}, 30_000)

function burn(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

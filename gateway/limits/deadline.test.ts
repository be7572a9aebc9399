import { describe, expect, test, vi } from 'vitest'
import { startManualApp, startMirrorApp } from '../testing/apps.ts'
import { RawClient } from '../testing/raw-client.ts'
import { closedPort, startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'
import { DEADLINE_HEADER, Deadline } from './deadline.ts'

const routesWith = (deadline: string) =>
  `{ upstreams: { apps: { deadline: ${deadline} } }, routes: [{ name: all, path: /, upstream: apps }] }`

async function handedOn(routes: string, headers: Record<string, string>): Promise<number> {
  const app = await startMirrorApp()
  const gateway = await startGateway([appAt(app.port)], { routes })
  const seen = (await (await fetch(gateway.url, { headers })).json()) as Record<string, string>
  return Number(seen[DEADLINE_HEADER])
}

describe('the app is told what is left', () => {
  test("the upstream's, when the client asks for nothing or for more", async () => {
    for (const headers of [{}, { [DEADLINE_HEADER]: '60000' }] as Record<string, string>[]) {
      const left = await handedOn(routesWith('2s'), headers)
      expect(left).toBeGreaterThan(1_000)
      expect(left).toBeLessThanOrEqual(2_000)
    }
  })

  test("the client's, less what has passed, when that is sooner", async () => {
    const left = await handedOn(routesWith('20s'), { [DEADLINE_HEADER]: '5000' })
    expect(left).toBeGreaterThan(4_000)
    expect(left).toBeLessThanOrEqual(5_000)
  })
})

describe('when it passes', () => {
  test.each(['GET', 'POST'])("the client's: 504, and the app is not to blame: %s", async method => {
    const app = await startManualApp()
    const gateway = await startGateway([appAt(app.port)])
    const answer = await fetch(gateway.url, { method, headers: { [DEADLINE_HEADER]: '50' } })
    expect(answer.status).toBe(504)
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('deadline-passed')
    expect(gateway.context.apps[0]?.health).toEqual({ kind: 'up', failures: 0 })
  })

  test("the client's, while it still sends its body: 504", async () => {
    const app = await startHttp(req => req.resume())
    const gateway = await startGateway([appAt(app.port)])
    const client = await RawClient.connect(gateway.port)
    client.send(`POST / HTTP/1.1\r\nhost: x\r\n${DEADLINE_HEADER}: 50\r\ncontent-length: 100\r\n\r\nsome`)
    expect(await client.until('deadline-passed')).toMatch(/^HTTP\/1\.1 504 /)
  })

  test("the upstream's does not run while the client still sends its body", async () => {
    const app = await startMirrorApp()
    const gateway = await startGateway([appAt(app.port)], { routes: routesWith('60ms') })
    const client = await RawClient.connect(gateway.port)
    client.send('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\na')
    const longAfter = performance.now() + 150
    await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(longAfter), { interval: 10 })
    expect(await client.send('b').until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  })

  test("the upstream's: 504, no other app is tried", async () => {
    const [slow, other] = [await startManualApp(), await startManualApp()]
    const apps = [appAt(slow.port), appAt(other.port, 'app-b', 'zone-b')]
    const gateway = await startGateway(apps, { routes: routesWith('60ms') })
    expect((await fetch(gateway.url)).status).toBe(504)
    expect([slow.answers.length, other.answers.length]).toEqual([1, 0])
  })

  test('it had passed already: 504, and no app is asked', async () => {
    const app = await startManualApp()
    const gateway = await startGateway([appAt(app.port)])
    const answer = await fetch(gateway.url, { headers: { [DEADLINE_HEADER]: '0' } })
    expect([answer.status, app.answers.length]).toEqual([504, 0])
  })

  test('while it connects: the app is not taken for gone', async () => {
    const gateway = await startGateway([{ ...appAt(await closedPort()), host: 'hanging' }], {
      lookup: () => {
        // Never calls back.
      },
    })
    expect((await fetch(gateway.url, { headers: { [DEADLINE_HEADER]: '20' } })).status).toBe(504)
    expect(gateway.context.apps[0]?.health.kind).toBe('up')
  })
})

test.each(['soon', '-1', '1.5', '', '1e3', '99999999999'])('"%s" is no deadline: 400', async text => {
  const app = await startMirrorApp()
  const gateway = await startGateway([appAt(app.port)])
  const answer = await fetch(gateway.url, { headers: { [DEADLINE_HEADER]: text } })
  expect(answer.status).toBe(400)
})

test('an attempt that had little time left, or a hasty client, says nothing of its app', () => {
  const usual = 5_000
  const plain = new Deadline(0, 10_000, 'none')
  plain.bodyComplete(0)
  expect(plain.forAnswer(0, usual)).toEqual({ ms: 5_000, span: 'fair' })
  expect(plain.forAnswer(5_010, usual)).toEqual({ ms: 4_990, span: 'fair' })
  expect(plain.forAnswer(8_000, usual)).toEqual({ ms: 2_000, span: 'short' })
  const hasty = new Deadline(0, 10_000, { ms: 4_000 })
  expect(hasty.forAnswer(0, usual)).toEqual({ ms: 4_000, span: 'short' })
  const strict = new Deadline(0, 300, 'none')
  expect(strict.forAnswer(0, usual)).toEqual({ ms: 300, span: 'fair' })
})

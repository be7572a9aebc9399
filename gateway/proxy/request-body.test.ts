import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import { readAll } from '../testing/apps.ts'
import { exchange, RawClient } from '../testing/raw-client.ts'
import { closedPort, startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

function routesWith(maxBody: string): string {
  return `{ upstreams: { apps: {} }, routes: [{ name: all, path: /, upstream: apps, maxBody: ${maxBody} }] }`
}

describe('a body', () => {
  test('flows both ways at once', async () => {
    const app = await startHttp((req, res) => req.pipe(res))
    const gateway = await startGateway([appAt(app.port)])
    const client = await RawClient.connect(gateway.port)
    client.send('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
    for (const word of ['one', 'two', 'six']) await client.send(`3\r\n${word}\r\n`).until(word)
    await client.send('0\r\n\r\n').until('\r\n0\r\n\r\n')
  })

  test('is not read faster than the app takes it, and arrives whole when it does', async () => {
    const taken: IncomingMessage[] = []
    const app = await startHttp(async (req, res) => {
      taken.push(req)
      await resume
      res.end(String((await readAll(req)).length))
    })
    let letGo: (() => void) | undefined
    const resume = new Promise<void>(resolve => {
      letGo = resolve
    })
    const maxBytes = 1 << 25
    const gateway = await startGateway([appAt(app.port)], { keepBytes: 1024, routes: routesWith('32MiB') })
    const arriving = once(gateway.server, 'request') as Promise<[IncomingMessage]>
    const answer = fetch(gateway.url, { method: 'POST', body: Buffer.alloc(maxBytes) })
    const [req] = await arriving
    await vi.waitFor(() => expect(taken).toHaveLength(1))
    await vi.waitFor(() => expect(req.isPaused()).toBe(true))
    expect(req.complete).toBe(false)
    letGo?.()
    expect(await (await answer).text()).toBe(String(maxBytes))
  })

  test.each([
    ['announced', 'content-length: 2000000\r\n\r\n', 413],
    ['found out', `transfer-encoding: chunked\r\n\r\n1E8480\r\n${'x'.repeat(2_000_000)}\r\n0\r\n\r\n`, 413],
  ])('too large, %s, is a 413', async (_, rest, status) => {
    const app = await startHttp(req => req.resume())
    const gateway = await startGateway([appAt(app.port)])
    const client = await RawClient.connect(gateway.port)
    const answer = await client.send(`POST / HTTP/1.1\r\nhost: x\r\n${rest}`).until('\r\n\r\n')
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(gateway.context.apps[0]?.health).toEqual({ kind: 'up', failures: 0 })
  })

  test('too large, but too late to say, cuts the answer and is not the fault of the app', async () => {
    const app = await startHttp((req, res) => req.pipe(res))
    const gateway = await startGateway([appAt(app.port)], { keepBytes: 10, routes: routesWith('100B') })
    const client = await RawClient.connect(gateway.port)
    client.send('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n')
    await client.until('one')
    await client.send(`70\r\n${'y'.repeat(0x70)}\r\n`).untilClosed()
    expect(gateway.context.apps[0]?.health).toEqual({ kind: 'up', failures: 0 })
  })

  test('after Expect: 100-continue is asked for by the gateway, and the expectation goes no further', async () => {
    const app = await startHttp(async (req, res) => {
      res.end(`${req.headers.expect} ${await readAll(req)}`)
    })
    const gateway = await startGateway([appAt(app.port)])
    const req = http.request(gateway.url, { method: 'POST', headers: { expect: '100-continue' } })
    req.flushHeaders()
    await once(req, 'continue')
    req.end('body')
    const [answer] = (await once(req, 'response')) as [IncomingMessage]
    expect(await readAll(answer)).toBe('undefined body')
  })

  test('refused is not asked for', async () => {
    const gateway = await startGateway([appAt(await closedPort())])
    const answer = await exchange(
      gateway.port,
      'POST /admin/x HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: 5\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  })

  test("that the client breaks off ends the app's request, without a mark against the app", async () => {
    const streaming: IncomingMessage[] = []
    const app = await startHttp((req, res) => {
      streaming.push(req)
      req.pipe(res)
    })
    const gateway = await startGateway([appAt(app.port)])
    const client = await RawClient.connect(gateway.port)
    await client.send('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf').until('half')
    client.socket.destroy()
    await vi.waitFor(() => expect(streaming[0]?.destroyed).toBe(true))
    expect(gateway.context.apps[0]?.health).toEqual({ kind: 'up', failures: 0 })
    expect(gateway.logged).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { startEchoApp } from '../testing/apps.ts'
import { exchange, RawClient } from '../testing/raw-client.ts'
import { startHttp, startRaw } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

describe('an answer', () => {
  test('tells the way it took', async () => {
    const app = await startEchoApp()
    const gateway = await startGateway([appAt(app.port)])
    const { headers } = await fetch(gateway.url)
    expect(headers.get('x-zonefall-gateway')).toBe('gateway-a')
    expect(headers.get('x-zonefall-zone')).toBe('zone-a')
    expect(headers.get('x-zonefall-app')).toBe('app-b')
    expect(headers.get('x-zonefall-path')).toBe('c0ffee, beef')
  })

  test('cannot pose as one of the gateway', async () => {
    const app = await startHttp((_req, res) =>
      res
        .writeHead(503, { 'x-zonefall-gateway-error': 'no-app-reachable', 'x-zonefall-gateway': 'other' })
        .end(),
    )
    const { headers } = await fetch((await startGateway([appAt(app.port)])).url)
    expect(headers.get('x-zonefall-gateway-error')).toBeNull()
    expect(headers.get('x-zonefall-gateway')).toBe('gateway-a')
  })

  test.each([
    ['HEAD', 200, { 'content-length': '1234' }],
    ['GET', 304, { etag: '"x"', 'content-length': '1234' }],
    ['GET', 204, {}],
  ])('without content stays one: %s %d', async (method, status, headers) => {
    const app = await startHttp((_req, res) => res.writeHead(status, headers).end())
    const gateway = await startGateway([appAt(app.port)])
    const client = await RawClient.connect(gateway.port)
    await client.send(`${method} / HTTP/1.1\r\nhost: x\r\n\r\n`).until('\r\n\r\n')
    const first = client.received.length
    await client.send('GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n').untilClosed()
    expect(client.received.slice(0, first)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(client.received.slice(first)).toMatch(/^HTTP\/1\.1 200 /)
    for (const [name, value] of Object.entries(headers))
      expect(client.received).toContain(`${name}: ${value}`)
    expect(client.received.match(/^date:/gim)).toHaveLength(2)
  })

  test('loses its trailers, whatever they are announced as', async () => {
    const app = await startHttp((_req, res) => {
      res.writeHead(200, { trailer: 'x-sum' })
      res.write('body')
      res.addTrailers({ 'x-sum': '1' })
      res.end()
    })
    const gateway = await startGateway([appAt(app.port)])
    const answer = await exchange(gateway.port, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(answer).toContain('body\r\n0\r\n\r\n')
    expect(answer).not.toContain('x-sum')
  })

  test('reaches an HTTP/1.0 client unchunked, ended by the close', async () => {
    const app = await startHttp((_req, res) => {
      res.write('one ')
      res.end('two')
    })
    const gateway = await startGateway([appAt(app.port)])
    const answer = await exchange(gateway.port, 'GET / HTTP/1.0\r\nhost: x\r\n\r\n')
    expect(answer).toMatch(/\r\n\r\none two$/)
    expect(answer).not.toMatch(/transfer-encoding/i)
  })

  test('that is no HTTP is a 502', async () => {
    const app = await startRaw(socket => socket.end('NOT HTTP AT ALL\r\n\r\n'))
    const answer = await fetch((await startGateway([appAt(app.port)])).url)
    expect(answer.status).toBe(502)
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('bad-app-answer')
  })

  test('with too large a head is a 502', async () => {
    const app = await startHttp((_req, res) => res.setHeader('x-big', 'x'.repeat(20_000)).end())
    const answer = await fetch((await startGateway([appAt(app.port)])).url)
    expect(answer.status).toBe(502)
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('bad-app-answer')
  })

  test('that falls silent half-way is cut off', async () => {
    const app = await startHttp((_req, res) => res.writeHead(200, { 'content-length': 9 }).write('half'))
    const gateway = await startGateway([appAt(app.port)], { answerTimeoutMs: 40 })
    const client = await RawClient.connect(gateway.port)
    expect(await client.send('GET / HTTP/1.1\r\nhost: x\r\n\r\n').untilClosed()).toMatch(/half$/)
  })

  test('early, before the body is through, arrives, and the connection stays usable', async () => {
    const app = await startRaw(socket =>
      socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno'),
    )
    const gateway = await startGateway([appAt(app.port)])
    const client = await RawClient.connect(gateway.port)
    await client.send('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\nhalf').until('\r\n\r\nno')
    client.send('rest').send('GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(await client.untilClosed()).toContain('{"alive":true}')
  })
})

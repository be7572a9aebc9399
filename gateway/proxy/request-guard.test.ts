import type http from 'node:http'
import { describe, expect, test } from 'vitest'
import { exchange, RawClient } from '../testing/raw-client.ts'
import { startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

/** A gateway before an app that notes what reaches it. */
async function start() {
  const seen: string[] = []
  const app = await startHttp((req, res) => {
    seen.push(`${req.method} ${req.url} host=${req.headers.host}`)
    req.resume()
    req.once('end', () => res.end('ok'))
  })
  const gateway = await startGateway([appAt(app.port)])
  return { ...gateway, seen }
}

describe('a request that two servers could read in two ways is refused, and reaches no app', () => {
  test.each([
    [
      'length and chunked at once',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'chunked and length at once',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef'],
    ['a list of lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5, 5\r\n\r\nabcde'],
    ['a signed length', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\n\r\nabcde'],
    ['no Host', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\nconnection: close\r\n\r\n'],
    ['bare line feeds', 'GET / HTTP/1.1\nhost: x\n\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\nconnection: close\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nhost: x\r\ncontent-length : 5\r\n\r\nabcde'],
    ['a chunk size that is none', 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
    [
      'Transfer-Encoding in HTTP/1.0',
      'POST / HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'chunked in the middle',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n',
    ],
    ['a target with a fragment', 'GET /a#b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ])('%s: 400', async (_, request) => {
    const { port, seen } = await start()
    const answer = await exchange(port, request)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toMatch(/^x-zonefall-gateway-error: bad-request\r$/m)
    expect(answer).toMatch(/^x-zonefall-gateway: gateway-a\r$/m)
    expect(seen).toEqual([])
  })

  test.each([
    [
      'another coding',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n0\r\n\r\n',
      'coding-not-served',
    ],
    ['TRACE', 'TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 'method-not-served'],
    ['CONNECT', 'CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n', 'method-not-served'],
    [
      'WebSocket',
      'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n',
      'upgrade-not-served',
    ],
  ])('what is not served is a 501: %s', async (_, request, code) => {
    const { port, seen } = await start()
    const answer = await exchange(port, request)
    expect(answer).toMatch(/^HTTP\/1\.1 501 /)
    expect(answer).toMatch(new RegExp(`^x-zonefall-gateway-error: ${code}\r$`, 'm'))
    expect(seen).toEqual([])
  })

  test('a head too large is a 431', async () => {
    const { port, seen } = await start()
    const answer = await exchange(port, `GET / HTTP/1.1\r\nhost: x\r\nx-big: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(seen).toEqual([])
  })

  test('an expectation that nobody knows is a 417', async () => {
    const { port } = await start()
    const answer = await exchange(
      port,
      'GET / HTTP/1.1\r\nhost: x\r\nexpect: more\r\nconnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 417 /)
  })
})

test('an answer that is on its way is not mixed with a refusal', async () => {
  const app = await startHttp((_req, res) => res.writeHead(200, { 'content-length': 100 }).write('begun'))
  const { port } = await startGateway([appAt(app.port)])
  const client = await RawClient.connect(port)
  await client.send('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n').until('begun')
  const all = await client.send('no chunk size\r\n').untilClosed()
  expect(all.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(all).toMatch(/begun$/)
})

test('trailers of a request are dropped and its connections stay in step', async () => {
  const { port, seen } = await start()
  const client = await RawClient.connect(port)
  const chunked = 'POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ntrailer: x-t\r\n\r\n'
  await client.send(`${chunked}2\r\nhi\r\n0\r\nx-t: GET /evil HTTP/1.1\r\n\r\n`).until('ok')
  await client.send('GET /b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n').untilClosed()
  expect(seen).toEqual(['POST /a host=x', 'GET /b host=x'])
})

test('pipelined requests are answered in order', async () => {
  const { port, seen } = await start()
  await exchange(
    port,
    'GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  )
  expect(seen).toEqual(['GET /1 host=x', 'GET /2 host=x'])
})

test('an offer to upgrade that is not WebSocket is passed over', async () => {
  const { port, seen } = await start()
  const answer = await exchange(
    port,
    'GET /h2 HTTP/1.1\r\nhost: x\r\nconnection: close, upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(seen).toEqual(['GET /h2 host=x'])
})

test('an absolute target is served as the path in it, its host over the Host header', async () => {
  const { port, seen } = await start()
  await exchange(port, 'GET http://real:81/a?b HTTP/1.1\r\nhost: other\r\nconnection: close\r\n\r\n')
  expect(seen).toEqual(['GET /a?b host=real:81'])
})

test.each(['/admin/behaviour', '//admin/behaviour', '/%61dmin', '/x/../admin/y', 'http://x/admin/'])(
  'the way to the admin calls is closed: %s',
  async target => {
    const { port, seen } = await start()
    const answer = await exchange(
      port,
      `PUT ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toMatch(/^x-zonefall-gateway-error: not-for-clients\r$/m)
    expect(seen).toEqual([])
  },
)

test('who forwards for whom is added to what earlier proxies said', async () => {
  const heads: http.IncomingHttpHeaders[] = []
  const app = await startHttp((req, res) => {
    heads.push(req.headers)
    res.end()
  })
  const { port } = await startGateway([appAt(app.port)])
  await exchange(
    port,
    'GET / HTTP/1.1\r\nhost: shop\r\nx-forwarded-for: 192.0.2.7\r\nx-forwarded-proto: https\r\nvia: 1.1 lb\r\nconnection: close\r\n\r\n',
  )
  expect(heads[0]).toMatchObject({
    host: 'shop',
    via: '1.1 lb, 1.1 gateway-a',
    'x-forwarded-for': '192.0.2.7, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'shop',
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import net from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { exchange, RawClient } from '../testing/raw-client.ts'
import { closedPort, startHttp, startRaw } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

/** An app that takes each request in and drops the connection instead of answering. */
async function startDroppingApp() {
  let requests = 0
  const app = await startHttp((req, _res) => {
    req.resume()
    req.once('end', () => {
      requests += 1
      req.socket.resetAndDestroy()
    })
  })
  return { ...app, requests: () => requests }
}

/** An app that answers with method and body. */
async function startEchoApp() {
  const bodies: string[] = []
  const app = await startHttp(async (req, res) => {
    const body = await readAll(req)
    bodies.push(body)
    res.setHeader('x-zonefall-app', 'app-b').setHeader('x-zonefall-path', 'beef')
    res.end(`${req.method} ${body.length}`)
  })
  return { ...app, bodies }
}

async function readAll(stream: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

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

describe('a request that fails at one app', () => {
  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('is made again at another: %s', async method => {
    const [dropping, echo] = [await startDroppingApp(), await startEchoApp()]
    const gateway = await startGateway([appAt(dropping.port), appAt(echo.port, 'app-b', 'zone-b')])
    const answer = await fetch(gateway.url, { method })
    expect(answer.status).toBe(200)
    expect(dropping.requests()).toBe(1)
  })

  test.each(['POST', 'PATCH'])('is not made again once sent: %s', async method => {
    const [dropping, echo] = [await startDroppingApp(), await startEchoApp()]
    const gateway = await startGateway([appAt(dropping.port), appAt(echo.port, 'app-b', 'zone-b')])
    const answer = await fetch(gateway.url, { method, body: 'once' })
    expect(answer.status).toBe(502)
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('app-connection-lost')
    expect(answer.headers.get('x-zonefall-path')).toBe('c0ffee')
    expect(echo.bodies).toEqual([])
    expect(dropping.requests()).toBe(1)
  })

  test('unsent is made again even if it is a POST, with its body', async () => {
    const echo = await startEchoApp()
    const dead = appAt(await closedPort())
    const gateway = await startGateway([dead, appAt(echo.port, 'app-b', 'zone-b')])
    const answer = await fetch(gateway.url, { method: 'POST', body: 'x'.repeat(500_000) })
    expect(await answer.text()).toBe('POST 500000')
    expect(gateway.context.apps[0]?.health).toMatchObject({ kind: 'down', cause: 'unreachable' })
  })

  test('is made again with the body that was kept', async () => {
    const [dropping, echo] = [await startDroppingApp(), await startEchoApp()]
    const gateway = await startGateway([appAt(dropping.port), appAt(echo.port, 'app-b', 'zone-b')])
    const body = 'abcdefgh'.repeat(5_000)
    expect(await (await fetch(gateway.url, { method: 'PUT', body })).text()).toBe('PUT 40000')
    expect(echo.bodies).toEqual([body])
  })

  test('is not made again when its body was too large to keep', async () => {
    const [dropping, echo] = [await startDroppingApp(), await startEchoApp()]
    const gateway = await startGateway([appAt(dropping.port), appAt(echo.port, 'app-b', 'zone-b')])
    const answer = await fetch(gateway.url, { method: 'PUT', body: 'x'.repeat(100_000) })
    expect(answer.status).toBe(502)
    expect(echo.bodies).toEqual([])
  })

  test('finds no app at all: 503, and says why', async () => {
    const gateway = await startGateway([appAt(await closedPort()), appAt(await closedPort(), 'app-b')])
    const answer = await fetch(gateway.url, { method: 'POST', body: 'x' })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('no-app-reachable')
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('ECONNREFUSED') })
  })

  test('a name that is gone counts as nobody there', async () => {
    const echo = await startEchoApp()
    const gone = { ...appAt(1), host: 'gone' }
    const gateway = await startGateway([gone, appAt(echo.port, 'app-b')], {
      lookup: (host, _options, callback) =>
        callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), []),
    })
    for (const _ of [1, 2]) expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(200)
    expect(gateway.context.apps[0]?.health).toMatchObject({ kind: 'down', cause: 'unreachable' })
  })

  test('a name that hangs is given up in time', async () => {
    const echo = await startEchoApp()
    const hanging = { ...appAt(1), host: 'hanging' }
    const gateway = await startGateway([hanging, appAt(echo.port, 'app-b', 'zone-b')], {
      connectTimeoutMs: 100,
      lookup: () => {
        // Never calls back.
      },
    })
    const answer = await fetch(gateway.url, { method: 'POST', body: 'x' })
    expect(await answer.text()).toBe('POST 1')
    expect(gateway.logged[0]?.fields).toMatchObject({ kind: 'unreachable', error: 'no connection in 100 ms' })
  })

  test('an address that answers no SYN is given up in time', async () => {
    // A process that listens and never accepts: once its queue is full, the kernel answers no more SYNs.
    const frozen = spawn(process.execPath, [
      '-e',
      `const s = require('net').createServer(); s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
         require('fs').writeSync(1, String(s.address().port)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) })`,
    ])
    onTestFinished(() => {
      frozen.kill('SIGKILL')
    })
    const port = Number(String((await once(frozen.stdout, 'data'))[0]))
    const fillers = [1, 2, 3, 4].map(() => net.connect(port, '127.0.0.1').on('error', () => undefined))
    onTestFinished(() => {
      for (const filler of fillers) filler.destroy()
    })
    await Promise.all(fillers.slice(0, 2).map(filler => once(filler, 'connect')))

    const echo = await startEchoApp()
    const gateway = await startGateway([appAt(port), appAt(echo.port, 'app-b', 'zone-b')], {
      connectTimeoutMs: 100,
    })
    expect((await fetch(gateway.url, { method: 'POST', body: 'x' })).status).toBe(200)
    expect(gateway.logged[0]?.fields).toMatchObject({ kind: 'unreachable', error: 'no connection in 100 ms' })
  })

  test('no answer in time: a POST is a 504 and nothing is held against the app', async () => {
    const app = await startHttp(req => req.resume())
    const gateway = await startGateway([appAt(app.port)], { answerTimeoutMs: 30 })
    const answer = await fetch(gateway.url, { method: 'POST', body: 'x' })
    expect(answer.status).toBe(504)
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('app-timeout')
    expect(gateway.context.apps[0]?.health.kind).toBe('up')
  })

  test('a connection found closed when used again is no mark against the app', async () => {
    // Answers the first request of a connection and drops the second.
    const app = await startRaw((socket, soFar) => {
      const requests = soFar.match(/HTTP\/1\.1\r\n/g)?.length ?? 0
      if (requests > 1) socket.resetAndDestroy()
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    })
    const gateway = await startGateway([appAt(app.port)])
    for (const _ of [1, 2, 3, 4]) expect(await (await fetch(gateway.url)).text()).toBe('ok')
    expect(gateway.context.apps[0]?.health).toEqual({ kind: 'up', failures: 0 })
    const kinds = gateway.logged.map(line => line.fields['connection'])
    expect(kinds).toEqual(['reused', 'reused', 'reused'])
  })
})

describe('a request in flight when the checks find its app silent', () => {
  test('GET moves to another app; POST waits', async () => {
    const echo = await startEchoApp()
    const waiting: IncomingMessage[] = []
    const frozen = await startHttp(req => waiting.push(req))
    const gateway = await startGateway([appAt(frozen.port), appAt(echo.port, 'app-b', 'zone-b')])
    const get = fetch(gateway.url)
    const post = fetch(gateway.url, { method: 'POST', body: 'x' })
    await vi.waitFor(() => expect(waiting).toHaveLength(2))
    const app = gateway.context.apps[0]
    app?.saw('check-failed')
    app?.saw('check-failed')
    expect(await (await get).text()).toBe('GET 0')
    expect(echo.bodies).toEqual([''])
    frozen.server.closeAllConnections()
    expect((await post).status).toBe(502)
  })
})

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
    const gateway = await startGateway([appAt(app.port)], { body: { keepBytes: 1024, maxBytes } })
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
    const gateway = await startGateway([appAt(app.port)], { body: { keepBytes: 10, maxBytes: 100 } })
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

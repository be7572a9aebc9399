import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import net from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startDroppingApp, startEchoApp } from '../testing/apps.ts'
import { closedPort, startHttp, startRaw } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

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

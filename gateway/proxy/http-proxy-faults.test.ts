// The faults of http-proxy 1.18.1 that this gateway has to live with: each first as the bare package
// shows it, so that a version without it is noticed, then as the gateway mends it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http, { type ServerResponse } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import { exchange, RawClient } from '../testing/raw-client.ts'
import { startBareProxy, startHttp, startRaw } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`

describe("a client's abort", () => {
  /** An app that never answers `/slow` and tells how its requests fared. */
  async function startSlowApp() {
    const slow: ServerResponse[] = []
    const app = await startHttp((req, res) => {
      if (req.url === '/slow') slow.push(res)
      else res.end('quick')
    })
    return { ...app, slow }
  }

  /** Asks for /slow and goes away when the app has it. */
  async function abortSlow(proxy: { port: number; server: http.Server }, slow: readonly ServerResponse[]) {
    const noticed = new Promise<void>(resolve => {
      proxy.server.once('request', (_req, res) => res.once('close', resolve))
    })
    const client = await RawClient.connect(proxy.port)
    client.send(get('/slow'))
    await vi.waitFor(() => expect(slow).toHaveLength(1))
    client.socket.destroy()
    await noticed
    // Through the same loop once more, so that whatever the proxy was to do about it has been done.
    await exchange(proxy.port, get('/', 'connection: close\r\n'))
  }

  test('bare: leaves the request to the app open', async () => {
    const app = await startSlowApp()
    await abortSlow(await startBareProxy(app.port), app.slow)
    expect(app.slow[0]?.destroyed).toBe(false)
  })

  test('gateway: ends it', async () => {
    const app = await startSlowApp()
    await abortSlow(await startGateway([appAt(app.port)]), app.slow)
    await vi.waitFor(() => expect(app.slow[0]?.destroyed).toBe(true))
  })
})

describe('an app that dies in mid-answer', () => {
  async function startDyingApp() {
    return startRaw((socket, soFar) => {
      if (!soFar.endsWith('\r\n\r\n')) return
      if (soFar.includes('/quick')) {
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nquick')
        return
      }
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of', () => socket.resetAndDestroy())
    })
  }

  test('bare: leaves the client hanging', async () => {
    const app = await startDyingApp()
    const proxy = await startBareProxy(app.port)
    const client = await RawClient.connect(proxy.port)
    await client.send(get('/dying')).until('half of')
    await vi.waitFor(() => expect(app.sockets[0]?.closed).toBe(true))
    await exchange(proxy.port, get('/quick', 'connection: close\r\n'))
    expect(client.closed).toBe(false)
  })

  test.each([
    ['with a length', 'content-length: 100\r\n\r\nhalf of'],
    ['chunked', 'transfer-encoding: chunked\r\n\r\n7\r\nhalf of\r\n'],
  ])('gateway: cuts the client off, so that it sees an incomplete answer (%s)', async (_, rest) => {
    const app = await startRaw(socket =>
      socket.write(`HTTP/1.1 200 OK\r\n${rest}`, () => socket.resetAndDestroy()),
    )
    const gateway = await startGateway([appAt(app.port)])
    const received = await (await RawClient.connect(gateway.port)).send(get('/dying')).untilClosed()
    expect(received).toContain('half of')
    expect(received).not.toContain('\r\n0\r\n\r\n')
    await vi.waitFor(() => expect(gateway.logged.map(line => line.event)).toContain('answer-broke-off'))
  })
})

describe.each(['DELETE', 'OPTIONS'])('a chunked body on %s', method => {
  const hidden = 'POST /hidden HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'
  const request = [
    `${method} /outer HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`,
    `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
  ].join('')

  async function startRecorder() {
    const seen: string[] = []
    const app = await startHttp((req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('end', () => {
        seen.push(`${req.method} ${req.url} ${Buffer.concat(chunks)}`)
        res.end('done')
      })
    })
    return { ...app, seen }
  }

  test('bare: the body becomes a second request', async () => {
    const app = await startRecorder()
    const agent = new http.Agent({ keepAlive: true })
    const proxy = await startBareProxy(app.port, { agent })
    const client = await RawClient.connect(proxy.port)
    client.send(request)
    await vi.waitFor(() => expect(app.seen).toEqual([`${method} /outer `, 'POST /hidden ']))
    agent.destroy()
  })

  test('gateway: the body stays the body of one request', async () => {
    const app = await startRecorder()
    const gateway = await startGateway([appAt(app.port)])
    const client = await RawClient.connect(gateway.port)
    expect(await client.send(request).until('done')).toMatch(/^HTTP\/1\.1 200 /)
    // Another request on the same connections: had anything been left over, it would come first.
    await client.send(get('/next', 'connection: close\r\n')).untilClosed()
    expect(app.seen.pop()).toBe('GET /next ')
    expect(app.seen).toEqual([`${method} /outer ${hidden}`])
  })
})

describe('hop-by-hop headers', () => {
  const requestHeaders = [
    'connection: close, x-mine',
    'x-mine: for the proxy alone',
    'keep-alive: timeout=9',
    'te: trailers',
    'proxy-connection: keep-alive',
    'proxy-authorization: secret',
    'upgrade: h2c',
    'x-kept: yes',
  ]
  const answerHead = [
    'HTTP/1.1 200 OK',
    'connection: keep-alive, x-theirs',
    'x-theirs: for the gateway alone',
    'keep-alive: timeout=9',
    'proxy-authenticate: Basic',
    'upgrade: h2c',
    'x-kept-too: yes',
    'set-cookie: a=1',
    'set-cookie: b=2',
    'content-length: 2',
  ]
  const request = get('/', requestHeaders.map(line => `${line}\r\n`).join(''))

  const startApp = () =>
    startRaw((socket, soFar) => {
      if (soFar.endsWith('\r\n\r\n')) socket.write(`${answerHead.join('\r\n')}\r\n\r\nok`)
    })

  test('bare: leak both ways', async () => {
    const app = await startApp()
    const proxy = await startBareProxy(app.port)
    const client = await RawClient.connect(proxy.port)
    const answer = await client.send(request).until('\r\n\r\nok')
    for (const name of ['x-mine', 'keep-alive', 'te', 'proxy-authorization']) {
      expect(app.received[0]).toMatch(new RegExp(`^${name}:`, 'im'))
    }
    for (const name of ['x-theirs', 'proxy-authenticate', 'upgrade']) {
      expect(answer).toMatch(new RegExp(`^${name}:`, 'im'))
    }
  })

  test('gateway: stay on their connection, and the others pass', async () => {
    const app = await startApp()
    const gateway = await startGateway([appAt(app.port)])
    const answer = await exchange(gateway.port, request)
    const forwarded = app.received[0] ?? ''
    for (const name of ['x-mine', 'keep-alive', 'te', 'proxy-connection', 'proxy-authorization', 'upgrade']) {
      expect(forwarded).not.toMatch(new RegExp(`^${name}:`, 'im'))
    }
    expect(forwarded).toMatch(/^x-kept: yes/im)
    for (const text of ['x-theirs', 'timeout=9', 'proxy-authenticate', 'upgrade:']) {
      expect(answer.toLowerCase()).not.toContain(text)
    }
    expect(answer).toContain('x-kept-too: yes')
    expect(answer.match(/^set-cookie: .*$/gm)).toEqual(['set-cookie: a=1', 'set-cookie: b=2'])
  })

  test('gateway: a Connection header cannot strip what every message needs', async () => {
    const app = await startApp()
    const gateway = await startGateway([appAt(app.port)])
    await exchange(
      gateway.port,
      'POST / HTTP/1.1\r\nhost: x\r\nconnection: close, host, content-length, x-forwarded-for\r\ncontent-length: 4\r\n\r\n\r\n\r\n',
    )
    expect(app.received[0]).toMatch(/^host: x/im)
    expect(app.received[0]).toMatch(/^content-length: 4/im)
    expect(app.received[0]).toMatch(/^x-forwarded-for: 127\.0\.0\.1/im)
  })
})

describe('connections to an app', () => {
  async function twice(port: number) {
    for (const _ of [1, 2]) await exchange(port, get('/', 'connection: close\r\n'))
  }

  test('bare: a new one for each request', async () => {
    const app = await startHttp((_req, res) => res.end('ok'))
    await twice((await startBareProxy(app.port)).port)
    expect(app.connections()).toBe(2)
  })

  test('gateway: kept', async () => {
    const app = await startHttp((_req, res) => res.end('ok'))
    await twice((await startGateway([appAt(app.port)])).port)
    expect(app.connections()).toBe(1)
  })
})

describe('a path with empty segments', () => {
  const path = '/a//b/http://c?d=//e'

  async function pathSeenThrough(start: (port: number) => Promise<{ port: number }>): Promise<string> {
    let seen = ''
    const app = await startHttp((req, res) => {
      seen = req.url ?? ''
      res.end('ok')
    })
    await exchange((await start(app.port)).port, get(path, 'connection: close\r\n'))
    return seen
  }

  test('bare: is changed, so that //admin would arrive as /admin', async () => {
    expect(await pathSeenThrough(startBareProxy)).toBe('/a/b/http://c?d=//e')
  })

  test('gateway: arrives as it was sent', async () => {
    expect(await pathSeenThrough(port => startGateway([appAt(port)]))).toBe(path)
  })
})

describe('an answer that announces trailers and has a length', () => {
  const head = 'HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ncontent-length: 2\r\n\r\nok'

  test('bare: ends the whole process', async () => {
    const app = await startRaw(socket => socket.write(head))
    const script = `
      const proxy = require('http-proxy').createProxyServer({ target: 'http://127.0.0.1:${app.port}' })
      const server = require('http').createServer((req, res) => proxy.web(req, res, {}, () => res.end()))
      server.listen(0, '127.0.0.1', () => require('http').get({ port: server.address().port, host: '127.0.0.1' }))`
    const child = spawn(process.execPath, ['-e', script])
    let stderr = ''
    child.stderr.on('data', text => {
      stderr += text
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(1)
    expect(stderr).toContain('ERR_HTTP_TRAILER_INVALID')
  })

  test('gateway: arrives, without the announcement', async () => {
    const app = await startRaw(socket => socket.write(head))
    const gateway = await startGateway([appAt(app.port)])
    const answer = await exchange(gateway.port, get('/', 'connection: close\r\n'))
    expect(answer).toMatch(/\r\n\r\nok$/)
    expect(answer).not.toMatch(/^trailer:/im)
  })
})

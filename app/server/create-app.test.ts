import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { healthy } from '../behaviour/behaviour.ts'
import type { AppContext } from './context.ts'
import { createApp } from './create-app.ts'

/** An app on a port of its own; `random` decides who meets an error. */
async function startApp(random = () => 0.5) {
  const logged: string[] = []
  const context: AppContext = {
    identity: { name: 'app-a', zone: 'zone-a', container: 'beef' },
    log: event => logged.push(event),
    random,
    phase: 'serving',
    behaviour: healthy,
    served: 0,
  }
  const server = createApp(context)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, server, context, logged }
}

/** Sends a target as it stands, which fetch would tidy first. */
async function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<number> {
  const [answer] = (await once(http.get({ port, path, headers, agent: false }), 'response')) as [
    IncomingMessage,
  ]
  answer.resume()
  return answer.statusCode ?? 0
}

describe('the default answer', () => {
  test.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'tells who served what: %s',
    async method => {
      const { url } = await startApp()
      const answer = await fetch(`${url}/some/path?x=1`, { method })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('x-zonefall-app')).toBe('app-a')
      expect(answer.headers.get('x-zonefall-app-zone')).toBe('zone-a')
      expect(answer.headers.get('x-zonefall-path')).toBe('beef')
      expect(await answer.json()).toEqual({
        app: 'app-a',
        zone: 'zone-a',
        container: 'beef',
        method,
        path: '/some/path',
        body_bytes: 0,
        served: 1,
      })
    },
  )

  test('counts the bytes of a body and the requests served', async () => {
    const { url } = await startApp()
    await fetch(url)
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })
    expect(await answer.json()).toMatchObject({ body_bytes: 100_000, served: 2 })
  })

  test('HEAD has the length of GET and no body', async () => {
    const { url } = await startApp()
    const answer = await fetch(`${url}/?size=500`, { method: 'HEAD' })
    expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['500', ''])
  })

  test.each([[404], [503], [204]])('has the status that the query asks for: %d', async status => {
    const { url } = await startApp()
    expect((await fetch(`${url}/?status=${status}`)).status).toBe(status)
  })

  test.each([[300], [1024 * 1024]])('has exactly the size that the query asks for: %d', async size => {
    const { url } = await startApp()
    const text = await (await fetch(`${url}/?size=${size}`)).text()
    expect(text).toHaveLength(size)
    expect(JSON.parse(text)).toMatchObject({ app: 'app-a' })
  })

  test('comes as late as the query and the behaviour ask, together', async () => {
    const { url, context } = await startApp()
    context.behaviour = { ...healthy, latency_ms: 30 }
    const startMs = performance.now()
    await fetch(`${url}/?latency_ms=30`)
    expect(performance.now() - startMs).toBeGreaterThan(58)
  })

  test.each([
    'latency_ms=30001',
    'latency_ms=-1',
    'latency_ms=1e3',
    'status=199',
    'status=600',
    'size=1048577',
  ])('refuses what is out of bounds: %s', async query => {
    const { url } = await startApp()
    expect((await fetch(`${url}/?${query}`)).status).toBe(400)
  })

  test('refuses a body over its bound, and goes on', async () => {
    const { url } = await startApp()
    const answer = await fetch(url, { method: 'POST', body: Buffer.alloc(1024 * 1024 + 1) })
    expect(answer.status).toBe(413)
    expect((await fetch(url)).status).toBe(200)
  })

  test('stops waiting for a client that has gone', async () => {
    const { port, server, context } = await startApp()
    const req = http.get({ port, path: '/?latency_ms=30000' })
    req.on('error', () => undefined)
    const [, res] = (await once(server, 'request')) as [IncomingMessage, http.ServerResponse]
    req.destroy()
    await once(res, 'close')
    expect(context.served).toBe(0)
  })
})

describe('the error rate', () => {
  test('decides who meets an error', async () => {
    const draws = [0.1, 0.3, 0.29]
    const { url, context } = await startApp(() => draws.shift() ?? 1)
    context.behaviour = { ...healthy, error_rate: 0.3 }
    const statuses = [await fetch(url), await fetch(url), await fetch(url)].map(answer => answer.status)
    expect(statuses).toEqual([500, 200, 500])
  })

  test('0 is never, 1 is always', async () => {
    const draws = [0, 0.999999]
    const { url, context } = await startApp(() => draws.shift() ?? 1)
    expect((await fetch(url)).status).toBe(200)
    context.behaviour = { ...healthy, error_rate: 1 }
    const failed = await fetch(url)
    expect([failed.status, failed.headers.get('x-zonefall-app-error')]).toEqual([500, 'injected'])
  })
})

describe('/echo', () => {
  test('sends back method, target, headers and body', async () => {
    const { url } = await startApp()
    const body = Buffer.from(Array.from({ length: 10_000 }, (_, index) => index % 251))
    const answer = await fetch(`${url}/echo?q=%20`, { method: 'PUT', headers: { 'x-mine': 'y' }, body })
    const echoed = (await answer.json()) as { body_base64: string }
    expect(echoed).toMatchObject({
      app: 'app-a',
      method: 'PUT',
      url: '/echo?q=%20',
      headers: { 'x-mine': 'y', 'content-length': '10000' },
      body_bytes: 10_000,
    })
    expect(Buffer.from(echoed.body_base64, 'base64').equals(body)).toBe(true)
  })

  test('streams: the answer starts before the body ends', async () => {
    const { port } = await startApp()
    const req = http.request({ port, path: '/echo', method: 'POST' })
    req.write('abc')
    const [answer] = (await once(req, 'response')) as [IncomingMessage]
    let text = ''
    answer.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    await vi.waitFor(() => expect(text).toMatch(/"body_base64":"YWJj$/))
    req.end('d')
    await once(answer, 'end')
    expect(JSON.parse(text)).toMatchObject({ body_base64: 'YWJjZA==', body_bytes: 4 })
  })

  test('refuses a body over its bound: with a length before, chunked by cutting', async () => {
    const { url, port } = await startApp()
    const body = Buffer.alloc(1024 * 1024 + 1)
    expect((await fetch(`${url}/echo`, { method: 'POST', body })).status).toBe(413)
    const req = http.request({ port, path: '/echo', method: 'POST' }).on('error', () => undefined)
    req.write(body)
    await once(req, 'close')
    expect((await fetch(url)).status).toBe(200)
  })
})

describe('/admin/behaviour', () => {
  const put = (url: string, change: string) =>
    fetch(`${url}/admin/behaviour`, { method: 'PUT', body: change })

  test('changes what it names and keeps the rest', async () => {
    const { url, logged } = await startApp()
    expect(await (await put(url, '{"latency_ms":5}')).json()).toEqual({ latency_ms: 5, error_rate: 0 })
    expect(await (await put(url, '{"error_rate":1}')).json()).toEqual({ latency_ms: 5, error_rate: 1 })
    expect(await (await fetch(`${url}/admin/behaviour`)).json()).toEqual({ latency_ms: 5, error_rate: 1 })
    expect(logged).toEqual(['behaviour', 'behaviour'])
  })

  test.each([
    '',
    'nonsense',
    '[]',
    '{"latency":5}',
    '{"latency_ms":"5"}',
    '{"error_rate":1.1}',
    '{"latency_ms":30001}',
  ])('refuses %s and changes nothing', async change => {
    const { url, context } = await startApp()
    expect((await put(url, change)).status).toBe(400)
    expect(context.behaviour).toEqual(healthy)
  })

  test('is not there for a request that came by a proxy', async () => {
    const { port } = await startApp()
    expect(await ask(port, '/admin/behaviour')).toBe(200)
    expect(await ask(port, '/admin/behaviour', { via: '1.1 gateway-a' })).toBe(404)
  })

  test('is reached by its own path alone', async () => {
    const { port } = await startApp()
    expect(await ask(port, '/admin/other')).toBe(404)
    expect(await ask(port, '//admin/behaviour')).toBe(200)
    const { context, url } = await startApp()
    await fetch(`${url}/%61dmin/behaviour`, { method: 'PUT', body: '{"error_rate":1}' })
    expect(context.behaviour).toEqual(healthy)
  })
})

test('draining: unready, alive, and each answer closes its connection', async () => {
  const { url, context } = await startApp()
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  context.phase = 'draining'
  const answers = [await fetch(`${url}/readyz`), await fetch(`${url}/livez`), await fetch(url)]
  expect(answers.map(answer => answer.status)).toEqual([503, 200, 200])
  expect(answers.map(answer => answer.headers.get('connection'))).toEqual(['close', 'close', 'close'])
})

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exchange } from '../testing/raw-client.ts'
import { startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'
import { readingsOf } from './path-readings.ts'

const KEY = createHash('sha256').update('key').digest('hex')
const ROUTES = `
upstreams: { apps: {} }
consumers: [{ name: shop, sha256: [${KEY}] }]
routes:
  - { name: open, path: /, upstream: apps }
  - { name: api, path: /api, upstream: apps }
  - { name: private, path: /api/private, upstream: apps, auth: [api-key], methods: [GET, POST] }
  - { name: small, path: /small, upstream: apps, maxBody: 4B }
`

async function start(routes = ROUTES) {
  const seen: string[] = []
  const app = await startHttp((req, res) => {
    seen.push(req.url ?? '')
    req.resume()
    res.end('ok')
  })
  return { ...(await startGateway([appAt(app.port)], { routes })), seen }
}

async function ask(port: number, head: string): Promise<string> {
  const answer = await exchange(port, `${head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
  const code = /x-zonefall-gateway-error: (\S+)/.exec(answer)?.[1] ?? ''
  return `${answer.slice(9, 12)} ${code}`.trim()
}

test.each([
  ['GET /', '200'],
  ['GET /apix', '200'],
  ['GET /api', '200'],
  ['GET /api/privateer', '200'],
  ['GET /api/Things/A%20B', '200'],
  ['GET /api/private', '401 unauthenticated'],
  ['GET /api/private/x?y', '401 unauthenticated'],
  ['DELETE /api/private', '405 method-not-allowed'],
])('%s: %s', async (head, expected) => {
  const { port } = await start()
  expect(await ask(port, head)).toBe(expected)
})

test('405 tells what is served', async () => {
  const { url } = await start()
  const answer = await fetch(`${url}/api/private`, { method: 'DELETE' })
  expect(answer.headers.get('allow')).toBe('GET, POST')
})

test('a path that no route leads to: 404', async () => {
  const { port, seen } = await start(
    '{ upstreams: { apps: {} }, routes: [{ name: api, path: /api, upstream: apps }] }',
  )
  expect([await ask(port, 'GET /'), await ask(port, 'GET /api')]).toEqual(['404 no-route', '200'])
  expect(seen).toEqual(['/api'])
})

test("a body is held against its own route's limit", async () => {
  const { url } = await start()
  const post = async (path: string) =>
    (await fetch(`${url}${path}`, { method: 'POST', body: 'hello' })).status
  expect([await post('/small'), await post('/')]).toEqual([413, 200])
})

describe('a path that an app could take for one of another route is refused, and reaches no app', () => {
  test.each([
    '/api//private',
    '//api/private',
    '/api/./private',
    '/api/x/../private',
    '/x/../api/private',
    '/api/%70rivate',
    '/api%2fprivate',
    '/api/%2570rivate',
    '/api\\private',
    '/api/private;x=1',
    '/api;x/private',
    '/API/private',
    '/api/Private',
    '/api/private/..',
    '/api/%2e%2e/api/private',
  ])('%s', async path => {
    const { port, seen } = await start()
    expect(await ask(port, `GET ${path}`)).toBe('400 bad-request')
    expect(seen).toEqual([])
  })

  test('whatever is thrown at it, no app sees a path that reads as private without a key', async () => {
    const { context } = await start()
    const piece = fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '.',
        '..',
        '%2e',
        '%2f',
        '%5c',
        ';a',
        '%25',
        'api',
        'API',
        'private',
        '%61pi',
        'x',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
        const path = `/${pieces.join('')}`
        const matched = context.routes.match('GET', path)
        if (matched.kind !== 'route' || matched.route.name === 'private') return
        expect(readAsLax(path)).not.toMatch(/^\/api\/private(\/|$)/)
      }),
      { numRuns: 5_000 },
    )
  })
})

/** A careless server: decodes, takes `\` for `/`, drops parameters, resolves dots, pays capitals no regard. */
function readAsLax(path: string): string {
  let text = path
  for (let k = 0; k < 2; k += 1) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  }
  const out: string[] = []
  for (const segment of text.replaceAll('\\', '/').split('/')) {
    const bare = segment.replace(/;.*/, '').toLowerCase()
    if (bare === '..') out.pop()
    else if (bare !== '' && bare !== '.') out.push(bare)
  }
  return `/${out.join('/')}`
}

test('a plain path has one reading', () => {
  for (const path of ['/', '/a', '/a/b-c/d.json', '/a/', "/a/@b:c=d,e+f'(g)*!$&~_"])
    expect(readingsOf(path)).toEqual([path])
})

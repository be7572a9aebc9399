import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { startMirrorApp } from '../testing/apps.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const ROUTES = `
trustedProxies: 1
upstreams: { apps: {} }
consumers:
  - { name: shop, sha256: [${sha256('shop-key')}] }
  - { name: bank, sha256: [${sha256('bank-key')}], rate: { requests: 5, window: 1m } }
routes:
  - { name: free, path: /, upstream: apps }
  - { name: open, path: /open, upstream: apps, rate: { requests: 2, window: 1m } }
  - { name: keyed, path: /keyed, upstream: apps, auth: [api-key], rate: { requests: 2, window: 10s } }
`

async function start() {
  const app = await startMirrorApp()
  const gateway = await startGateway([appAt(app.port)], { routes: ROUTES })
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${gateway.url}${path}`, { headers })
    const seen = (name: string) => answer.headers.get(name)
    return [answer.status, seen('ratelimit-policy'), seen('ratelimit'), seen('retry-after')]
  }
  return { ...gateway, ask }
}

test('each consumer has its own count, told on every answer; who has used it up gets 429 and is told for how long', async () => {
  const { ask } = await start()
  const shop = () => ask('/keyed', { 'x-api-key': 'shop-key' })
  const policy = '"keyed";q=2;w=10'
  expect(await shop()).toEqual([200, policy, '"keyed";r=1;t=10', null])
  expect((await shop()).slice(0, 3)).toEqual([200, policy, expect.stringMatching(/^"keyed";r=0;t=(9|10)$/)])
  expect(await shop()).toEqual([
    429,
    policy,
    expect.stringMatching(/^"keyed";r=0;t=(9|10)$/),
    expect.stringMatching(/^(9|10)$/),
  ])
  expect(await ask('/keyed', { 'x-api-key': 'bank-key' })).toEqual([
    200,
    '"bank";q=5;w=60',
    '"bank";r=4;t=60',
    null,
  ])
})

test('who is not known is told apart by the address that the trusted proxy saw, not by what they say', async () => {
  const { ask } = await start()
  const from = (list: string) => ask('/open', { 'x-forwarded-for': list })
  expect((await from('192.0.2.1'))[0]).toBe(200)
  expect((await from('198.51.100.7, 192.0.2.1'))[0]).toBe(200)
  expect((await from('198.51.100.8, 192.0.2.1'))[0]).toBe(429)
  expect((await from('192.0.2.2'))[0]).toBe(200)
})

test('wrong credentials use nothing up, and a route without a limit tells of none', async () => {
  const { ask } = await start()
  for (const _ of [1, 2, 3]) expect((await ask('/keyed', { 'x-api-key': 'x' }))[0]).toBe(401)
  expect((await ask('/keyed', { 'x-api-key': 'shop-key' }))[0]).toBe(200)
  expect(await ask('/')).toEqual([200, null, null, null])
})

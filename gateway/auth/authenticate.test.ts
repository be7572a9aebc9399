import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { startMirrorApp } from '../testing/apps.ts'
import { closedPort, startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>

let pair: Pair
let other: Pair
let jwks: string

beforeAll(async () => {
  pair = await generateKeyPair('ES256', { extractable: true })
  other = await generateKeyPair('ES256')
  jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }] })
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const nowS = () => Math.floor(Date.now() / 1_000)

function routesWith(keys: string): string {
  return `
upstreams: { apps: {} }
consumers:
  - { name: shop, sha256: [${sha256('shop-key')}, ${sha256('shop-next-key')}] }
  - { name: bank, sha256: [${sha256('bank-key')}] }
jwt:
  - { name: login, issuer: "https://login", audience: api, algorithms: [ES256], clockTolerance: 5s, ${keys} }
routes:
  - { name: open, path: /, upstream: apps }
  - { name: keyed, path: /keyed, upstream: apps, auth: [api-key] }
  - { name: tokened, path: /tokened, upstream: apps, auth: [login] }
  - { name: either, path: /either, upstream: apps, auth: [api-key, login] }
`
}

async function start(keys = `jwks: ${jwks}`) {
  const app = await startMirrorApp()
  const gateway = await startGateway([appAt(app.port)], { routes: routesWith(keys) })
  return {
    ...gateway,
    ask: (path: string, headers: Record<string, string> = {}) => fetch(`${gateway.url}${path}`, { headers }),
  }
}

interface TokenParts {
  readonly claims?: JWTPayload
  readonly expS?: number | undefined
  readonly key?: Pair
  readonly kid?: string
}

async function token({ claims = {}, expS = nowS() + 60, key = pair, kid = 'one' }: TokenParts = {}) {
  const payload = { iss: 'https://login', aud: 'api', sub: 'anna', ...claims }
  const jwt = new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid })
  return `Bearer ${await jwt.setExpirationTime(expS).sign(key.privateKey)}`
}

describe('API keys', () => {
  test.each([
    ['shop-key', 'shop'],
    ['shop-next-key', 'shop'],
    ['bank-key', 'bank'],
  ])('%s lets %s in; the app is told who, and not the key', async (key, consumer) => {
    const { ask } = await start()
    const answer = await ask('/keyed', { 'x-api-key': key, 'x-consumer': 'somebody else' })
    expect(answer.status).toBe(200)
    const seen = (await answer.json()) as Record<string, string>
    expect(seen['x-consumer']).toBe(consumer)
    expect(seen).not.toHaveProperty('x-api-key')
  })

  test.each([
    ['none', {}],
    ['wrong', { 'x-api-key': 'shop-kez' }],
    ['empty', { 'x-api-key': '' }],
    ['a hash', { 'x-api-key': sha256('shop-key') }],
    ['two', { 'x-api-key': 'shop-key, bank-key' }],
    ['a token', { authorization: 'Bearer shop-key' }],
  ])('%s: 401, and what would be accepted', async (_, headers) => {
    const { ask } = await start()
    const answer = await ask('/keyed', headers)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('ApiKey realm="gateway", header="x-api-key"')
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('unauthenticated')
  })

  test('an open route tells the app of no consumer, whatever the client says', async () => {
    const { ask } = await start()
    const answer = await ask('/', { 'x-api-key': 'shop-key', 'x-consumer': 'bank' })
    expect(await answer.json()).not.toHaveProperty('x-consumer')
  })
})

describe('tokens', () => {
  test.each<[string, () => Promise<string>]>([
    ['a right one', () => token()],
    ['one that has just expired', () => token({ expS: nowS() - 3 })],
    ['one for several audiences', () => token({ claims: { aud: ['api', 'web'] } })],
  ])('%s lets its subject in', async (_, make) => {
    const { ask } = await start()
    const answer = await ask('/tokened', { authorization: await make() })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ 'x-consumer': 'anna' })
  })

  test.each<[string, () => Promise<string>]>([
    ['nonsense', async () => 'Bearer nonsense'],
    ['another scheme', async () => 'Basic YTpi'],
    ['expired', () => token({ expS: nowS() - 30 })],
    [
      'without an end',
      async () =>
        `Bearer ${await new SignJWT({ iss: 'https://login', aud: 'api', sub: 'a' }).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(pair.privateKey)}`,
    ],
    ['of another issuer', () => token({ claims: { iss: 'https://elsewhere' } })],
    ['for another audience', () => token({ claims: { aud: 'web' } })],
    ['not valid yet', () => token({ claims: { nbf: nowS() + 60 } })],
    ['of nobody', () => token({ claims: { sub: '' } })],
    ['with a line break in its subject', () => token({ claims: { sub: 'a\r\nx-admin: 1' } })],
    ['signed by another', () => token({ key: other })],
    ['with a key that nobody knows', () => token({ kid: 'two' })],
    [
      'unsigned',
      async () =>
        `Bearer ${new UnsecuredJWT({ iss: 'https://login', aud: 'api', sub: 'a' }).setExpirationTime('1m').encode()}`,
    ],
    [
      'signed with the public key as a shared secret',
      async () => {
        const secret = new TextEncoder().encode(jwks)
        const jwt = new SignJWT({ iss: 'https://login', aud: 'api', sub: 'a' }).setExpirationTime('1m')
        return `Bearer ${await jwt.setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret)}`
      },
    ],
    ['too long', async () => `Bearer ${'a'.repeat(9_000)}`],
  ])('%s: 401', async (_, make) => {
    const { ask } = await start()
    const answer = await ask('/tokened', { authorization: await make() })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="gateway"/)
  })

  test('where both are accepted, a wrong key is refused even beside a right token', async () => {
    const { ask } = await start()
    const authorization = await token()
    expect((await ask('/either', { authorization })).status).toBe(200)
    expect((await ask('/either', { 'x-api-key': 'bank-key' })).status).toBe(200)
    expect((await ask('/either', { authorization, 'x-api-key': 'wrong' })).status).toBe(401)
    expect((await ask('/either')).headers.get('www-authenticate')).toBe(
      'ApiKey realm="gateway", header="x-api-key", Bearer realm="gateway"',
    )
  })
})

describe('keys at a URL', () => {
  test('are fetched once, and once more for a key that is not there, not for every such token', async () => {
    let fetches = 0
    const keyServer = await startHttp((_req, res) => {
      fetches += 1
      res.end(jwks)
    })
    const { ask } = await start(`url: "http://127.0.0.1:${keyServer.port}/keys"`)
    for (const _ of [1, 2, 3])
      expect((await ask('/tokened', { authorization: await token() })).status).toBe(200)
    for (const kid of ['two', 'three', 'four']) {
      expect((await ask('/tokened', { authorization: await token({ kid }) })).status).toBe(401)
    }
    expect(fetches).toBe(1)
  })

  test.each<[string, () => Promise<number>]>([
    ['nobody is there', closedPort],
    ['no keys are there', async () => (await startHttp((_req, res) => res.writeHead(500).end())).port],
    ['what is there are no keys', async () => (await startHttp((_req, res) => res.end('{}'))).port],
    [
      'it leads elsewhere',
      async () => (await startHttp((_req, res) => res.writeHead(302, { location: '/' }).end())).port,
    ],
  ])('%s: 503, since the token may be right', async (_, portOf) => {
    const { ask } = await start(`url: "http://127.0.0.1:${await portOf()}/keys"`)
    const answer = await ask('/tokened', { authorization: await token() })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('x-zonefall-gateway-error')).toBe('keys-unavailable')
    expect(answer.headers.get('retry-after')).toBe('1')
  })
})

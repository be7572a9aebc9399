import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startHttp } from '../testing/servers.ts'
import { remoteKeys } from './key-set.ts'

const MINUTE_MS = 60_000

test('known keys outlast their server by an hour, and it is asked at most every two seconds', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] })
  let [state, fetches]: ['up' | 'down', number] = ['up', 0]
  const server = await startHttp((_req, res) => {
    fetches += 1
    if (state === 'up') res.end(jwks)
    else res.writeHead(500).end()
  })
  // jose ages its keys by the wall clock; nothing but Date is faked, the sockets are real.
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  let ms = 0
  const pass = (spanMs: number) => {
    ms += spanMs
    vi.setSystemTime(Date.now() + spanMs)
  }
  const keys = remoteKeys({ url: `http://127.0.0.1:${server.port}/`, nowMs: () => ms })
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey)
  const verify = () => jwtVerify(token, keys)

  await verify()
  state = 'down'
  pass(11 * MINUTE_MS)
  await verify()
  await verify()
  expect(fetches).toBe(2)
  pass(2_000)
  await verify()
  expect(fetches).toBe(3)
  pass(50 * MINUTE_MS)
  await expect(verify()).rejects.toThrow('the keys to check tokens with cannot be had')
  state = 'up'
  pass(2_000)
  await verify()
})

import { expect, test } from 'vitest'
import { startBalancerProcess } from '../../lifecycle/testing/balancer-process.ts'
import { configText } from '../../lifecycle/testing/config-text.ts'
import { RARE_CHECKS, send, startBalancer } from '../../testing/start-balancer.ts'
import { answers, startServer } from '../../testing/test-server.ts'
import { requestIdMaker } from './request-id.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const POLL = { interval: 5, timeout: 8_000 }

test('a new one for each request; the client’s is kept only where that is wanted, and only a fit one', () => {
  const make = requestIdMaker('X-Request-ID', 'make')
  expect(make(['X-Request-ID', 'theirs']).value).toMatch(UUID)
  expect(make([]).value).not.toBe(make([]).value)
  const keep = requestIdMaker('X-Request-ID', 'keep')
  expect(keep(['x-request-id', 'theirs-1.2_3']).value).toBe('theirs-1.2_3')
  for (const unfit of ['', 'a b', 'a"b', 'a'.repeat(129)])
    expect(keep(['x-request-id', unfit]).value).toMatch(UUID)
  expect(keep(['x-request-id', 'a', 'x-request-id', 'b']).value).toMatch(UUID)
})

test('the server, the client and the access log have the same', async () => {
  await using server = await startServer(answers('ok'))
  const one = configText({ servers: [{ name: 'a', address: server.address }], top: 'log: { access: {} }' })
  await using lb = await startBalancerProcess(one)
  await lb.next('server-state')
  const { headers } = await send(lb.trafficPort)
  expect(headers['x-request-id']).toMatch(UUID)
  expect(server.requests[0]?.headers['x-request-id']).toBe(headers['x-request-id'])
  expect(await lb.next('request')).toMatchObject({ request_id: headers['x-request-id'] })
})

test('kept, under a name of its own; what the balancer says itself has it too', async () => {
  await using server = await startServer(answers('ok'))
  const frontend = { 'request-id': 'keep', 'request-id-header': 'X-Unique-ID' }
  await using lb = await startBalancer([server], { frontend, check: RARE_CHECKS })
  const headers = { 'x-unique-id': 'abc' }
  expect((await send(lb.trafficPort, { headers })).headers['x-unique-id']).toBe('abc')
  expect(server.requests[0]?.headers).toMatchObject({ 'x-unique-id': 'abc' })
  expect(server.requests[0]?.headers['x-request-id']).toBeUndefined()
  await server.die()
  const own = await send(lb.trafficPort, { headers })
  expect(own.status).toBe(503)
  expect(own.headers['x-unique-id']).toBe('abc')
})

test('none, and what client and server say of it is left alone', async () => {
  await using server = await startServer((_, response) => response.setHeader('x-request-id', 's').end())
  await using lb = await startBalancer([server], { frontend: { 'request-id': 'off' } })
  const { headers } = await send(lb.trafficPort, { headers: { 'x-request-id': 'c' } })
  expect(headers['x-request-id']).toBe('s')
  await expect.poll(() => server.requests[0]?.headers['x-request-id'], POLL).toBe('c')
})

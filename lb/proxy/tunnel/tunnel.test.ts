import { once } from 'node:events'
import { expect, test } from 'vitest'
import { readStats } from '../../admin/stats/testing/read-stats.ts'
import { openRaw, rawExchange } from '../../testing/raw-exchange.ts'
import { RARE_CHECKS, startBalancer } from '../../testing/start-balancer.ts'
import { answers, resets, startServer } from '../../testing/test-server.ts'
import { startEchoServer } from './testing/echo-server.ts'

const POLL = { interval: 5, timeout: 8_000 }
const HANDSHAKE =
  'GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

async function openSocket(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?room=1`)
  await once(socket as unknown as NodeJS.EventEmitter & EventTarget, 'open')
  return socket
}

async function echo(socket: WebSocket, text: string): Promise<string> {
  const heard = once(socket as unknown as NodeJS.EventEmitter & EventTarget, 'message')
  socket.send(text)
  const [event] = (await heard) as [MessageEvent]
  return event.data
}

test('a WebSocket, both ways; counted as one request that lasts', async () => {
  await using server = await startEchoServer()
  await using lb = await startBalancer([server])
  const socket = await openSocket(lb.trafficPort)
  for (const text of ['hello', 'and again']) expect(await echo(socket, text)).toBe(text)
  expect(server.upgrades[0]?.url).toBe('/chat?room=1')
  expect(server.upgrades[0]?.headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    upgrade: 'websocket',
    connection: 'Upgrade',
  })
  expect(await readStats(lb.adminPort, 's0')).toMatchObject({ scur: '1', stot: '0' })
  const closed = once(socket as unknown as NodeJS.EventEmitter & EventTarget, 'close')
  socket.close()
  await closed
  await expect
    .poll(() => readStats(lb.adminPort, 's0'), POLL)
    .toMatchObject({ scur: '0', stot: '1', hrsp_1xx: '1', cli_abrt: '0', eresp: '0' })
})

test('a server that refuses connections is passed over; one that is cut in mid-tunnel ends it', async () => {
  await using dead = await startServer()
  await using server = await startEchoServer()
  await using lb = await startBalancer([dead, server], { check: RARE_CHECKS })
  await dead.die()
  const socket = await openSocket(lb.trafficPort)
  expect(await echo(socket, 'still here')).toBe('still here')
  const closed = once(socket as unknown as NodeJS.EventEmitter & EventTarget, 'close')
  for (const one of server.tunnels) one.resetAndDestroy()
  await closed
})

test('an answer that is no 101 is relayed, and ends the connection', async () => {
  await using server = await startServer(answers('not here', 404))
  await using lb = await startBalancer([server])
  const answer = await rawExchange(lb.trafficPort, `${HANDSHAKE}\r\nbytes that were meant for a tunnel`)
  expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
  expect(answer).toMatch(/\r\nConnection: close\r\n/)
  expect(answer).toMatch(/\r\n\r\nnot here$/)
  expect(server.seen).toEqual(['GET /chat'])
})

test.each([
  ['a body', `${HANDSHAKE}Content-Length: 3\r\n\r\nabc`, 400, 'upgrade-with-body'],
  ['two hosts', `${HANDSHAKE}Host: y\r\n\r\n`, 400, 'several-hosts'],
])('%s: refused', async (_, text, status, reason) => {
  await using server = await startEchoServer()
  await using lb = await startBalancer([server])
  const answer = await rawExchange(lb.trafficPort, text)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer).toContain(`x-zonefall-lb-error: ${reason}\r\n`)
  expect(server.upgrades).toHaveLength(0)
})

test('servers that have as much as they may get no tunnel more: 503 that says so', async () => {
  await using server = await startEchoServer()
  await using lb = await startBalancer([server], { backend: { maxconn: 1 } })
  const client = await openRaw(lb.trafficPort)
  client.write(`${HANDSHAKE}\r\n`)
  await once(client, 'data')
  const answer = await rawExchange(lb.trafficPort, `${HANDSHAKE}\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*x-zonefall-lb-error: maxconn\r\n/)
  client.destroy()
})

test('reset after the handshake was sent: 502, and it is not sent again', async () => {
  await using server = await startServer(resets)
  await using other = await startServer(resets)
  await using lb = await startBalancer([server, other])
  expect(await rawExchange(lb.trafficPort, `${HANDSHAKE}\r\n`)).toMatch(/^HTTP\/1\.1 502 /)
  expect(server.seen.length + other.seen.length).toBe(1)
})

test('a balancer that stops cuts tunnels at its limit', async () => {
  await using server = await startEchoServer()
  await using lb = await startBalancer([server])
  const client = await openRaw(lb.trafficPort)
  client.write(`${HANDSHAKE}\r\n`)
  await once(client, 'data')
  const closed = once(client.resume(), 'close')
  expect(await lb.stop({ graceMs: 1, limitMs: 20 })).toBe('cut')
  await closed
})

test('nobody says anything for as long as a tunnel may be silent: it ends', async () => {
  await using server = await startEchoServer()
  await using lb = await startBalancer([server], { backend: { timeouts: { tunnel: '50ms' } } })
  const client = await openRaw(lb.trafficPort)
  client.write(`${HANDSHAKE}\r\n`)
  await once(client.resume(), 'close')
  await expect.poll(() => server.tunnels.size, POLL).toBe(0)
})

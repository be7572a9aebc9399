import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startChild } from '../testing/child-server.ts'
import { openRaw } from '../testing/raw-exchange.ts'
import { RARE_CHECKS, send, startBalancer } from '../testing/start-balancer.ts'
import {
  answers,
  type Behaviour,
  closes,
  cutsBody,
  isSilent,
  resets,
  startServer,
} from '../testing/test-server.ts'

const stateOf = (balancer: { backend: { servers: readonly { state: { kind: string } }[] } }) =>
  balancer.backend.servers.map(server => server.state.kind)

test('three servers take turns, and each is told who asked', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([a, b, c])
  const bodies: string[] = []
  for (let i = 0; i < 9; i += 1) bodies.push((await send(lb.trafficPort)).body)
  expect([...bodies].sort().join('')).toBe('aaabbbccc')
  expect(a.requests[0]?.headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': `127.0.0.1:${lb.trafficPort}`,
    host: `127.0.0.1:${lb.trafficPort}`,
    via: '1.1 zonefall-lb',
  })
})

test('refused: the server leaves at once, the request, a POST too, goes elsewhere', async () => {
  await using dead = await startServer(answers('dead'))
  await using alive = await startServer(answers('alive'))
  await using lb = await startBalancer([dead, alive], { check: RARE_CHECKS })
  await dead.die()
  const sent = await Promise.all([1, 2, 3, 4].map(() => send(lb.trafficPort, { method: 'POST' }, 'body')))
  expect(sent.map(answer => answer.body)).toEqual(['alive', 'alive', 'alive', 'alive'])
  expect(stateOf(lb)).toEqual(['down', 'up'])
  expect(lb.log).toContainEqual(
    expect.objectContaining({ server: 's0', state: 'down', cause: 'connect-refused' }),
  )
})

test('silent to new connections: the connect timeout ejects it, the request, a POST too, goes elsewhere', async () => {
  await using child = await startChild(1)
  await using alive = await startServer(answers('alive'))
  await using lb = await startBalancer([child, alive], {
    check: RARE_CHECKS,
    backend: { timeouts: { connect: '100ms' } },
  })
  child.freeze()
  // The kernel accepts backlog + 1 connections for a frozen process, then drops what comes.
  const fillers = Array.from({ length: 8 }, () =>
    connect(child.port, '127.0.0.1').on('error', () => undefined),
  )
  await Promise.all(fillers.slice(0, 2).map(filler => once(filler, 'connect')))
  const sent = await Promise.all([1, 2].map(() => send(lb.trafficPort, { method: 'POST' }, 'body')))
  expect(sent.map(answer => answer.body)).toEqual(['alive', 'alive'])
  await expect
    .poll(() => lb.log)
    .toContainEqual(expect.objectContaining({ server: 's0', state: 'down', cause: 'connect-timeout' }))
  for (const filler of fillers) filler.destroy()
})

test.each<[string, Behaviour]>([
  ['reset before the answer', resets],
  ['closed before the answer', closes],
])('%s: GET goes elsewhere, POST is never sent twice', async (_, behaviour) => {
  await using bad = await startServer(behaviour)
  await using good = await startServer(answers('good'))
  await using lb = await startBalancer([bad, good])
  const gets = []
  for (let i = 0; i < 4; i += 1) gets.push(await send(lb.trafficPort, { path: '/get' }))
  expect(gets.every(answer => answer.status === 200)).toBe(true)

  bad.behave = behaviour
  for (let i = 0; i < 8; i += 1) await send(lb.trafficPort, { method: 'POST', path: `/post-${i}` }, 'body')
  const posts = [...bad.seen, ...good.seen].filter(line => line.startsWith('POST'))
  expect(posts.length).toBe(new Set(posts).size)
})

test('a POST lost with its server is a 502 that says why', async () => {
  await using bad = await startServer(resets)
  await using lb = await startBalancer([bad])
  const answer = await send(lb.trafficPort, { method: 'POST' }, 'body')
  expect(answer).toMatchObject({ status: 502, headers: { 'x-zonefall-lb-error': 'reset' } })
  expect(bad.seen).toHaveLength(1)
})

test('a reset on a fresh connection ejects, unless it is the last server', async () => {
  await using bad = await startServer(resets)
  await using other = await startServer(resets)
  await using lb = await startBalancer([bad, other], { check: RARE_CHECKS })
  const answer = await send(lb.trafficPort)
  expect(answer.status).toBe(502)
  expect(stateOf(lb).filter(kind => kind === 'up')).toHaveLength(1)
})

test('a reset on a kept connection is a free retry and no mark against the server', async () => {
  await using flaky = await startServer(answers('flaky'))
  await using lb = await startBalancer([flaky], { check: RARE_CHECKS, backend: { retries: 0 } })
  expect((await send(lb.trafficPort)).body).toBe('flaky')
  flaky.behave = (asked, response) => {
    flaky.behave = answers('flaky again')
    resets(asked, response, '')
  }
  expect((await send(lb.trafficPort)).body).toBe('flaky again')
  expect(stateOf(lb)).toEqual(['up'])
})

test('silent after accepting: GET is retried after the server timeout, POST is a 504 and sent once', async () => {
  await using mute = await startServer(isSilent)
  await using good = await startServer(answers('good'))
  await using lb = await startBalancer([mute, good], {
    check: RARE_CHECKS,
    backend: { timeouts: { server: '100ms' } },
  })
  const gets = await Promise.all([1, 2].map(() => send(lb.trafficPort)))
  expect(gets.map(answer => answer.body)).toEqual(['good', 'good'])
  expect(mute.seen).toEqual(['GET /'])
  await using alone = await startBalancer([mute], { backend: { timeouts: { server: '100ms' } } })
  const post = await send(alone.trafficPort, { method: 'POST' }, 'body')
  expect(post).toMatchObject({ status: 504, headers: { 'x-zonefall-lb-error': 'server-timeout' } })
  expect(mute.seen).toEqual(['GET /', 'POST /'])
})

test('a client that stalls amid its body uses up no time limit of the server’s', async () => {
  await using server = await startServer((_, response, body) => response.end(`got ${body}`))
  await using lb = await startBalancer([server], {
    check: RARE_CHECKS,
    backend: { timeouts: { server: '50ms' } },
  })
  const client = await openRaw(lb.trafficPort)
  let answer = ''
  client.on('data', data => {
    answer += data.toString('latin1')
  })
  client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo')
  await expect.poll(() => server.seen).toHaveLength(1)
  const watched = lb.backend.servers[0]
  const fromMs = watched?.nowMs() ?? 0
  await expect.poll(() => (watched?.nowMs() ?? 0) - fromMs).toBeGreaterThan(200)
  client.write('dy')
  await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*got body/)
  client.destroy()
})

test('at most two retries', async () => {
  await using a = await startServer(closes)
  await using b = await startServer(closes)
  await using c = await startServer(closes)
  await using d = await startServer(closes)
  await using lb = await startBalancer([a, b, c, d], { check: RARE_CHECKS })
  expect((await send(lb.trafficPort)).status).toBe(502)
  expect([a, b, c, d].flatMap(server => server.seen)).toHaveLength(3)
})

test('a PUT’s body is sent again in full, one above the limit is not', async () => {
  await using bad = await startServer(closes)
  await using good = await startServer((_, response, body) => response.end(String(body.length)))
  await using lb = await startBalancer([bad, good], {
    check: RARE_CHECKS,
    backend: { 'replay-body': '1KiB' },
  })
  const small = await send(lb.trafficPort, { method: 'PUT' }, 'x'.repeat(1_000))
  expect(small).toMatchObject({ status: 200, body: '1000' })
  await using alone = await startBalancer([bad], { backend: { 'replay-body': '1KiB' } })
  const before = bad.seen.length
  expect((await send(alone.trafficPort, { method: 'PUT' }, 'x'.repeat(5_000))).status).toBe(502)
  expect(bad.seen.length).toBe(before + 1)
})

test.each([
  ['reset', 'length'],
  ['close', 'length'],
  ['reset', 'chunked'],
  ['close', 'chunked'],
] as const)('an answer cut by a %s (%s) is cut for the client', async (how, framing) => {
  await using bad = await startServer(cutsBody(how, framing))
  await using lb = await startBalancer([bad])
  const answer = await send(lb.trafficPort)
  expect(answer).toMatchObject({ status: 200, end: 'cut' })
  expect(bad.seen).toHaveLength(1)
})

test('a cut answer is a reset for a client to whom the connection’s end means the answer’s', async () => {
  await using bad = await startServer(cutsBody('close', 'chunked'))
  await using lb = await startBalancer([bad])
  const socket = await openRaw(lb.trafficPort)
  socket.resume()
  socket.write('GET / HTTP/1.0\r\n\r\n')
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
})

test('no server up: 503 at once; a server’s own 503 is passed on', async () => {
  await using server = await startServer(answers('busy', 503))
  await using lb = await startBalancer([server])
  expect(await send(lb.trafficPort)).toMatchObject({ status: 503, body: 'busy' })
  await server.die()
  await expect.poll(() => stateOf(lb)).toEqual(['down'])
  const own = await send(lb.trafficPort)
  expect(own).toMatchObject({ status: 503, headers: { 'x-zonefall-lb-error': 'no-server-up' } })
})

test('a client that leaves takes its request at the server along', async () => {
  await using server = await startServer(isSilent)
  await using lb = await startBalancer([server])
  const asked = request({ host: '127.0.0.1', port: lb.trafficPort, agent: false })
  asked.on('error', () => undefined)
  asked.end()
  await expect.poll(() => server.requests.length).toBe(1)
  const gone = once(server.requests[0]?.socket ?? expect.unreachable(), 'close')
  asked.destroy()
  await gone
  await expect.poll(() => lb.backend.servers[0]?.sessions.current).toBe(0)
  expect(stateOf(lb)).toEqual(['up'])
})

test('connections to a server are kept, and not those to an address it has left', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server], { check: RARE_CHECKS })
  for (let i = 0; i < 5; i += 1) await send(lb.trafficPort)
  expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(1)
  lb.backend.servers[0]?.moveTo('127.0.0.2')
  await expect.poll(() => server.connections.size).toBe(0)
})

test('a connection to an address that its server has left meanwhile ends with the answer it carries', async () => {
  const held = Promise.withResolvers<() => void>()
  await using server = await startServer((_, response) => held.resolve(() => response.end('late')))
  await using lb = await startBalancer([server], { check: RARE_CHECKS })
  const asked = send(lb.trafficPort)
  const finish = await held.promise
  lb.backend.servers[0]?.moveTo('127.0.0.2')
  finish()
  expect((await asked).body).toBe('late')
  expect(lb.backend.servers[0]?.pool).toMatchObject({ open: 0, idle: 0 })
  await expect.poll(() => server.connections.size).toBe(0)
})

test('a POST does not go out on a kept connection whose end has come with it', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server], { check: RARE_CHECKS })
  const client = await openRaw(lb.trafficPort)
  client.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(client, 'data')
  // Both system calls are over before the balancer, in this process, reads either.
  for (const kept of server.connections) kept.destroy()
  client.write('POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody')
  const [answer] = (await once(client, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
  expect(server.seen).toEqual(['GET /1', 'POST /2'])
  client.destroy()
})

test('a slow client slows the server down: 50 MB are not taken into memory', async () => {
  let written = 0
  const chunk = Buffer.alloc(64 * 1_024)
  const total = 50 * 1_024 * 1_024
  await using server = await startServer((_, response) => {
    response.writeHead(200, { 'content-length': total })
    const pump = () => {
      while (written < total) {
        written += chunk.length
        if (!response.write(chunk)) return void response.once('drain', pump)
      }
      response.end()
    }
    pump()
  })
  await using lb = await startBalancer([server])
  const socket = await openRaw(lb.trafficPort)
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await stall(() => written)
  expect(written).toBeLessThan(20 * 1_024 * 1_024)
  let received = 0
  socket.on('data', data => {
    received += data.length
  })
  socket.resume()
  await once(socket, 'end')
  expect(received).toBeGreaterThan(total)
})

test('a slow server slows the client down: 50 MB are not taken into memory', async () => {
  let take = () => undefined
  await using server = await startServer(answers('done'))
  server.onRequest = asked => {
    asked.pause()
    take = () => void asked.resume()
  }
  await using lb = await startBalancer([server])
  const socket = await openRaw(lb.trafficPort)
  const total = 50 * 1_024 * 1_024
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${total}\r\n\r\n`)
  socket.write(Buffer.alloc(total))
  const sent = () => socket.bytesWritten - socket.writableLength
  await stall(sent)
  expect(sent()).toBeLessThan(20 * 1_024 * 1_024)
  take()
  let answer = ''
  for await (const chunk of socket) answer += chunk
  expect(answer).toContain('done')
})

/** Waits until this grows no more: unchanged, above zero, in ten looks one after the other. */
async function stall(value: () => number): Promise<void> {
  let last = 0
  let same = 0
  const stalled = () => {
    same = value() > 0 && value() === last ? same + 1 : 0
    last = value()
    return same
  }
  await expect.poll(stalled, { interval: 20, timeout: 10_000 }).toBeGreaterThanOrEqual(10)
}

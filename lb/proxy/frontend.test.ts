import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { openRaw, rawExchange } from '../testing/raw-exchange.ts'
import { read, send, startBalancer } from '../testing/start-balancer.ts'
import { answers, startServer } from '../testing/test-server.ts'

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n'

test.each([
  [
    'Content-Length beside Transfer-Encoding',
    `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'Transfer-Encoding beside Content-Length',
    `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `${HEAD}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`],
  ['the same length twice', `${HEAD}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd`],
  ['a list of lengths', `${HEAD}Content-Length: 4, 4\r\n\r\nabcd`],
  ['a signed length', `${HEAD}Content-Length: +4\r\n\r\nabcd`],
  ['a chunk size that is none', `${HEAD}Transfer-Encoding: chunked\r\n\r\n0x4\r\nabcd\r\n0\r\n\r\n`],
  ['a chunk longer than it says', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n`],
  ['a disguised coding', `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['chunked, but not last', `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  [
    'two Transfer-Encodings',
    `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'Transfer-Encoding in HTTP/1.0',
    'POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a space before the colon', `${HEAD}Content-Length : 4\r\n\r\nabcd`],
  ['a folded header', `${HEAD}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
  ['bare line feeds', 'GET / HTTP/1.1\nHost: x\n\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'],
  ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n'],
  ['a target that is none', 'GET foo HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a fragment in the target', 'GET /open#/../closed HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['userinfo in the target', 'GET http://a@b/ HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an unknown version', 'GET / HTTP/3.7\r\nHost: x\r\n\r\n'],
])('refused, and no server hears of it: %s', async (_, text) => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  const socket = await openRaw(lb.trafficPort)
  let answer = ''
  socket.on('data', data => {
    answer += data.toString('latin1')
  })
  socket.on('error', () => undefined)
  socket.end(text, 'latin1')
  await once(socket, 'close')
  expect(answer).toMatch(/^HTTP\/1\.1 (400|501) [\s\S]*x-zonefall-lb-error: /i)
  const malformedBody = server.seen.length > 0
  if (malformedBody) expect(text).toContain('abcd') // the head was well-formed: the request ends, cut
  expect(server.seen.length).toBeLessThanOrEqual(1)
})

test('an obfuscated length smuggles nothing: a server sees as many requests as were sent', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  const body = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
  const text = [
    `DELETE /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `OPTIONS /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `GET /3 HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    `POST /4 HTTP/1.1\r\nHost: x\r\nConnection: close, content-length\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  ].join('')
  const answer = await rawExchange(lb.trafficPort, text)
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(4)
  expect([...server.seen].sort()).toEqual(['DELETE /1', 'GET /3', 'OPTIONS /2', 'POST /4'])
})

test('head too large: 431; URL too long: 414; websocket: 501; h2c: served as it is', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  const port = lb.trafficPort
  expect(await send(port, { headers: { x: 'a'.repeat(20_000) } })).toMatchObject({
    status: 431,
    headers: { 'x-zonefall-lb-error': 'header-too-large' },
  })
  expect((await send(port, { path: `/${'a'.repeat(9_000)}` })).status).toBe(414)
  const upgrade = (to: string) => send(port, { headers: { connection: 'upgrade', upgrade: to } })
  expect((await upgrade('websocket')).status).toBe(200)
  expect((await upgrade('h2c')).status).toBe(200)
  expect(server.requests.at(-1)?.headers['upgrade']).toBeUndefined()
})

test('a head with thousands of headers is passed on whole or not at all', async () => {
  await using server = await startServer((_, response, body) => response.end(body))
  await using lb = await startBalancer([server])
  const filler = 'a:\r\n'.repeat(2_500)
  const text = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${filler}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`
  expect(await rawExchange(lb.trafficPort, text)).toMatch(/^HTTP\/1\.1 200 [\s\S]*body/)
})

test('a client that never ends its head is told 408', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server], {
    frontend: { timeouts: { 'http-request': '100ms', request: '100ms' } },
  })
  expect(await rawExchange(lb.trafficPort, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow')).toMatch(/^HTTP\/1\.1 408 /)
})

test('Expect: 100-continue reaches the server, and its 100 the client, before the body', async () => {
  await using server = await startServer((_, response, body) => response.end(`got ${body}`))
  await using lb = await startBalancer([server])
  const asked = request({
    host: '127.0.0.1',
    port: lb.trafficPort,
    method: 'POST',
    headers: { expect: '100-continue', 'content-length': 4 },
  })
  asked.flushHeaders()
  await once(asked, 'continue')
  expect(server.requests[0]?.headers['expect']).toBe('100-continue')
  asked.end('body')
  expect(await read(asked)).toMatchObject({ status: 200, body: 'got body' })
})

test('HEAD, 204 and 304 have no body, and the connection goes on', async () => {
  await using server = await startServer((asked, response) => {
    const status = Number(asked.url?.slice(1))
    response.writeHead(status, status === 204 ? {} : { 'content-length': 5 })
    response.end(asked.method === 'HEAD' || status !== 200 ? undefined : 'hello')
  })
  await using lb = await startBalancer([server])
  const line = (method: string, path: string, more = '') =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
  const text =
    line('HEAD', '/200') +
    line('GET', '/204') +
    line('GET', '/304') +
    line('GET', '/200', 'Connection: close\r\n')
  const answer = await rawExchange(lb.trafficPort, text)
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([
    'HTTP/1.1 200',
    'HTTP/1.1 204',
    'HTTP/1.1 304',
    'HTTP/1.1 200',
  ])
  expect(answer.match(/hello/g)).toHaveLength(1)
})

test('an absolute target counts instead of Host', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server])
  await rawExchange(
    lb.trafficPort,
    'GET http://shop.example/a?b HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n',
  )
  expect(server.seen).toEqual(['GET /a?b'])
  expect(server.requests[0]?.headers.host).toBe('shop.example')
})

test('an answer before the body has ended is passed on, and the connection is then closed', async () => {
  await using server = await startServer()
  server.onRequest = asked => {
    asked.pause()
    asked.socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  }
  await using lb = await startBalancer([server])
  const socket = await openRaw(lb.trafficPort)
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nfirst')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i)
  await once(socket.resume(), 'close')
})

test('early hints are passed on', async () => {
  await using server = await startServer((_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' })
    response.end('ok')
  })
  await using lb = await startBalancer([server])
  const asked = request({ host: '127.0.0.1', port: lb.trafficPort, agent: false })
  asked.end()
  const answered = read(asked)
  const [hints] = await once(asked, 'information')
  expect(hints).toMatchObject({ statusCode: 103, headers: { link: '</a.css>; rel=preload' } })
  expect((await answered).body).toBe('ok')
})

test('early hints that Node cannot pass on are dropped, and the answer arrives', async () => {
  // Two links in one header is the usual form; Node refuses to write it.
  const hints =
    'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload; as=style, </b.js>; rel=preload; as=script\r\n\r\n'
  await using server = await startServer((_, response) => {
    response.socket?.write(hints)
    response.end('ok')
  })
  await using lb = await startBalancer([server])
  expect(await send(lb.trafficPort)).toMatchObject({ status: 200, body: 'ok' })
})

test('a client that asks for a tunnel and resets the connection harms nobody else', async () => {
  await using server = await startServer(answers('ok'))
  await using lb = await startBalancer([server])
  for (let time = 0; time < 50; time += 1) {
    const socket = await openRaw(lb.trafficPort)
    socket.on('error', () => undefined)
    socket.write('CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n')
    socket.resetAndDestroy()
  }
  expect(await send(lb.trafficPort)).toMatchObject({ status: 200 })
})

test('more clients than maxconn are turned away, not crashed upon', async () => {
  await using server = await startServer(answers('ok'))
  await using lb = await startBalancer([server], { frontend: { maxconn: 1 } })
  const first = await openRaw(lb.trafficPort)
  first.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(first, 'data')
  expect(await rawExchange(lb.trafficPort, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
  first.destroy()
  await expect
    .poll(() =>
      send(lb.trafficPort).then(
        answer => answer.status,
        () => 0,
      ),
    )
    .toBe(200)
})

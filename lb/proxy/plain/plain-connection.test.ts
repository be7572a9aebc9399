import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { openRaw, rawExchange } from '../../testing/raw-exchange.ts'
import { startBalancer } from '../../testing/start-balancer.ts'
import { isSilent, startServer } from '../../testing/test-server.ts'

const echo = () =>
  startServer((asked, response, body) => response.end(`[${asked.method} ${asked.url} ${body}]`))

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const post = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const chunked = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
const LAST = get('/last', 'Connection: close\r\n')

const answersIn = (text: string) => text.match(/\[[^\]]*\]/g)

test('requests sent all at once are answered one after the other, bodies and all', async () => {
  await using server = await echo()
  await using lb = await startBalancer([server])
  const text = get('/1') + post('/2', 'two') + get('/3') + post('/4', '') + LAST
  const answer = await rawExchange(lb.trafficPort, text)
  expect(answersIn(answer)).toEqual(['[GET /1 ]', '[POST /2 two]', '[GET /3 ]', '[POST /4 ]', '[GET /last ]'])
})

test('what is not plain is Node’s, in mid-connection too, and no byte is lost', async () => {
  await using server = await echo()
  await using lb = await startBalancer([server])
  const text = get('/1') + post('/2', 'two') + chunked('/3', 'three') + get('/4') + LAST
  const answer = await rawExchange(lb.trafficPort, text)
  expect(answersIn(answer)).toEqual([
    '[GET /1 ]',
    '[POST /2 two]',
    '[POST /3 three]',
    '[GET /4 ]',
    '[GET /last ]',
  ])
})

test('in whatever pieces it comes', async () => {
  await using server = await echo()
  await using lb = await startBalancer([server])
  const text = get('/1') + post('/2', 'two') + LAST
  for (const size of [1, 7, 50]) {
    const socket = await openRaw(lb.trafficPort)
    socket.setNoDelay(true)
    let answer = ''
    socket.on('data', data => {
      answer += data.toString('latin1')
    })
    for (let at = 0; at < text.length; at += size) {
      socket.write(text.slice(at, at + size))
      await new Promise(setImmediate)
    }
    await once(socket, 'close')
    expect(answersIn(answer)).toEqual(['[GET /1 ]', '[POST /2 two]', '[GET /last ]'])
  }
})

test('a body that comes later than its head, in pieces, from a connection that was used before', async () => {
  await using server = await echo()
  await using lb = await startBalancer([server])
  const socket = await openRaw(lb.trafficPort)
  socket.write(get('/1'))
  await once(socket, 'data')
  socket.write('POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n')
  await expect.poll(() => server.seen).toContain('POST /2')
  socket.write('abc')
  await new Promise(setImmediate)
  socket.write(`def${get('/3')}`)
  let answer = ''
  socket.on('data', data => {
    answer += data.toString('latin1')
  })
  await expect.poll(() => answersIn(answer)).toEqual(['[POST /2 abcdef]', '[GET /3 ]'])
  socket.destroy()
})

test('an answer of unknown length is chunked, and read as one that is whole', async () => {
  await using server = await startServer((_, response) => {
    response.write('one')
    setImmediate(() => response.end('two'))
  })
  await using lb = await startBalancer([server])
  const answer = await rawExchange(lb.trafficPort, LAST)
  expect(answer).toMatch(/transfer-encoding: chunked\r\n/i)
  expect(answer.endsWith('0\r\n\r\n')).toBe(true)
  expect(answer.replace(/\r\n(\d+\r\n)?/g, '')).toContain('onetwo')
})

test('a client that says nothing for long loses its connection', async () => {
  await using server = await echo()
  await using lb = await startBalancer([server], {
    frontend: { timeouts: { 'http-keep-alive': '50ms', 'http-request': '50ms' } },
  })
  const used = await openRaw(lb.trafficPort)
  used.write(get('/1'))
  const unused = await openRaw(lb.trafficPort)
  await Promise.all([once(used.resume(), 'close'), once(unused.resume(), 'close')])
})

/** Sends a byte now and then, whatever is said to it, until the other side will have no more. */
async function drips(socket: Socket): Promise<string> {
  let heard = ''
  socket.on('data', data => {
    heard += data.toString('latin1')
  })
  socket.on('error', () => undefined)
  const drip = setInterval(() => socket.write('x'), 10)
  await new Promise(resolve => socket.once('close', resolve))
  clearInterval(drip)
  return heard
}

const LIMITED = { frontend: { timeouts: { 'http-request': '50ms', request: '50ms' } } }

test('a body that never ends is told 408, however steadily it comes', async () => {
  await using server = await startServer(isSilent)
  await using lb = await startBalancer([server], LIMITED)
  const socket = await openRaw(lb.trafficPort)
  socket.write('POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n')
  expect(await drips(socket)).toMatch(/^HTTP\/1\.1 408 [\s\S]*x-zonefall-lb-error: request-timeout/)
  await expect.poll(() => lb.backend.servers[0]?.sessions.current).toBe(0)
})

test('who talks on behind the last answer is not listened to for ever', async () => {
  await using server = await echo()
  await using lb = await startBalancer([server], LIMITED)
  const socket = connect({ port: lb.trafficPort, host: '127.0.0.1', allowHalfOpen: true })
  socket.write(LAST)
  expect(answersIn(await drips(socket))).toEqual(['[GET /last ]'])
})

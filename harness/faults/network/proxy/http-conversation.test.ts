import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HttpManner } from './manner.ts'
import { startRelayed } from './testing/relayed.ts'

const PATIENT = { timeout: 20_000 }
const ALL = { share: 1, path: '/', method: 'any' }
const STATUS: HttpManner = { kind: 'http-status', status: 503, which: ALL }
const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: web\r\n${more}\r\n`
const start = (serve: (socket: Socket) => void) => startRelayed(serve, onTestFinished)

/** Answers each head that comes with its path, in order. */
const echoPaths = (socket: Socket) => {
  let text = ''
  socket.on('data', bytes => {
    text += bytes.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const path = text.split(' ')[1] ?? ''
      text = text.slice(end + 4)
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
    }
  })
  socket.on('end', () => socket.end())
}
/** Says that to each connection once something was asked, and ends it or not. */
const sayOnce = (text: string, end: 'end' | 'stay' = 'stay') => {
  return (socket: Socket) => {
    socket.once('data', () => {
      socket.write(text, 'latin1')
      if (end === 'end') socket.end()
    })
  }
}
const pathsIn = (heard: string) => [...heard.matchAll(/\r\n\r\n(\/[a-z]*|503 )/g)].map(([, found]) => found)

describe('what no fault is done to', () => {
  const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: 1\r\n\r\n'
  const ASKED = [
    get('/one'),
    `POST /two HTTP/1.1\r\nContent-Length: 7\r\n\r\n\r\n\r\nabc`,
    `PUT /three HTTP/1.1\r\n${CHUNKED}`,
    '\r\nHEAD /four HTTP/1.1\r\nX: \x80\xff\r\n\r\n',
  ].join('')
  const ANSWERED = [
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
    'HTTP/1.1 204 No Content\r\n\r\n',
    `HTTP/1.1 200 OK\r\n${CHUNKED}`,
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n',
  ].join('')

  test('passes byte for byte, in whatever pieces it comes, and each request is counted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(ASKED.length), { maxLength: 12 }), async cuts => {
        const places = [0, ...cuts.sort((a, b) => a - b), ASKED.length]
        const pieces = places.slice(1).map((place, index) => ASKED.slice(places[index], place))
        let asked = 0
        const relayed = await start(socket => {
          socket.on('data', bytes => {
            asked += bytes.length
            if (asked === ASKED.length) socket.write(ANSWERED, 'latin1')
          })
        })
        relayed.inject({ ...STATUS, which: { ...ALL, path: '/none' } })
        const caller = await relayed.connect()
        await caller.send(...pieces.filter(piece => piece !== ''))
        await caller.until('Content-Length: 10\r\n\r\n')
        expect(relayed.received()).toBe(ASKED)
        expect(caller.heard()).toBe(ANSWERED)
        expect(relayed.shown()).toMatchObject({ asked: 4, struck: 0, notHttp: 0 })
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00'],
    ['a line that is no request', 'PING\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a length that is none', 'POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n'],
    ['heads with bare line feeds', 'GET / HTTP/1.1\r\nHost: web\n\n'],
  ])('%s is passed on at once, and what comes after it', async (_, text) => {
    const relayed = await start(sayOnce('\x15\x03\x01 or whatever'))
    relayed.inject(STATUS)
    const caller = await relayed.connect()
    await caller.send(text)
    await caller.until('or whatever')
    await caller.send(get('/'))
    await expect.poll(() => relayed.received(), PATIENT).toBe(text + get('/'))
    expect(relayed.shown()).toMatchObject({ struck: 0, notHttp: 1 })
  })

  test('a server that speaks first is heard', async () => {
    const relayed = await start(socket => socket.write('220 mail\r\n'))
    const caller = await relayed.connect()
    expect(await caller.until('mail')).toBe('220 mail\r\n')
  })

  test('after a switch of protocols all is passed on', async () => {
    const relayed = await start(socket => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02hi')
        socket.pipe(socket)
      })
    })
    relayed.inject({ ...STATUS, which: { ...ALL, path: '/other' } })
    const caller = await relayed.connect()
    await caller.send(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
    await caller.until('hi')
    await caller.send('GET /other HTTP/1.1\r\n\r\n')
    await caller.until('hiGET /other')
    expect(relayed.shown()).toMatchObject({ struck: 0 })
  })

  test('an end is passed on as an end, in both directions', async () => {
    const relayed = await start(socket => socket.on('end', () => socket.end('HTTP/1.1 200 OK\r\n\r\nrest')))
    const caller = await relayed.connect()
    await caller.send(get('/'))
    caller.end()
    expect(await caller.closed()).toBe('end')
    expect(caller.heard()).toBe('HTTP/1.1 200 OK\r\n\r\nrest')
  })
})

describe('status', () => {
  test('is given in the place of those that it is for, in order, on a connection that stays', async () => {
    const relayed = await start(echoPaths)
    relayed.inject({ ...STATUS, which: { ...ALL, path: '/bad' } })
    const caller = await relayed.connect()
    await caller.send(get('/a') + get('/bad/1') + get('/b') + get('/bad') + get('/badly'))
    await caller.until('/badly')
    expect(pathsIn(caller.heard())).toEqual(['/a', '503 ', '/b', '503 ', '/badly'])
    expect(relayed.received()).toBe(get('/a') + get('/b') + get('/badly'))
    expect(relayed.shown()).toMatchObject({ asked: 5, struck: 2 })
    relayed.relay.heal()
    await caller.send(get('/bad/again'))
    expect(await caller.until('/bad/again')).toContain('HTTP/1.1 503 Service Unavailable\r\n')
  })

  test('takes the body of its request with it', async () => {
    const relayed = await start(echoPaths)
    relayed.inject({ ...STATUS, which: { ...ALL, method: 'POST' } })
    const caller = await relayed.connect()
    const chunked = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
    await caller.send('POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nGET ', chunked, get('/after'))
    await caller.until('/after')
    expect(pathsIn(caller.heard())).toEqual(['503 ', '503 ', '/after'])
    expect(relayed.received()).toBe(get('/after'))
  })

  test('has no body for a HEAD', async () => {
    const relayed = await start(echoPaths)
    relayed.inject({ ...STATUS, which: { ...ALL, path: '/bad' } })
    const caller = await relayed.connect()
    await caller.send('HEAD /bad HTTP/1.1\r\n\r\n', get('/good'))
    expect(await caller.until('/good')).toMatch(/Content-Length: 24\r\n.*\r\n\r\nHTTP\/1.1 200 OK/s)
  })

  test.each([
    ['asks for the end', get('/', 'Connection: close\r\n')],
    ['is of HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
    ['waits to be told to go on', 'POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n'],
  ])('ends the connection if the request %s', async (_, request) => {
    const relayed = await start(echoPaths)
    relayed.inject(STATUS)
    const caller = await relayed.connect()
    await caller.send(request)
    expect(await caller.closed()).toBe('end')
    expect(caller.heard()).toContain('Connection: close\r\n')
    expect(relayed.received()).toBe('')
  })

  test('that is owed when no HTTP comes any more is not given, and the connection ends', async () => {
    const relayed = await start(() => undefined)
    relayed.inject({ ...STATUS, which: { ...ALL, path: '/bad' } })
    const caller = await relayed.connect()
    await caller.send(get('/waits') + get('/bad'), '\x16\x03\x01')
    expect(await caller.closed()).toBe('end')
    expect(caller.heard()).toBe('')
  })
})

test('delay: the answer is late, those before it are not, and those after it wait for it', async () => {
  const relayed = await start(echoPaths)
  relayed.inject({ kind: 'http-delay', delayMs: 400, which: { ...ALL, path: '/late' } })
  const caller = await relayed.connect()
  const startMs = performance.now()
  await caller.send(get('/early') + get('/late') + get('/after'))
  await caller.until('/late')
  expect(performance.now() - startMs).toBeGreaterThan(399)
  await caller.until('/after')
  expect(pathsIn(caller.heard())).toEqual(['/early', '/late', '/after'])
  expect(relayed.shown()).toMatchObject({ asked: 3, struck: 1 })
})

describe('cut off', () => {
  const cutTo = (keepBytes: number): HttpManner => ({ kind: 'http-cut-off', keepBytes, which: ALL })
  const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
  const CHUNKS = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  const TO_END = 'HTTP/1.1 200 OK\r\n\r\n'
  test.each([
    [LENGTH, 'hello', 2, 'he', 'end'],
    [LENGTH, 'hello', 0, '', 'end'],
    [LENGTH, 'hello', 100, 'hell', 'end'],
    [CHUNKS, '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', 4, '3\r\nabc\r\n2\r\nd', 'end'],
    [CHUNKS, '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', 100, '3\r\nabc\r\n2\r\nde\r\n', 'end'],
    [TO_END, 'hello', 100, 'hello', 'reset'],
    [TO_END, 'hello', 2, 'he', 'reset'],
  ] as const)('%j with the body %j, of which %i are kept', async (head, body, keep, kept, how) => {
    const relayed = await start(sayOnce(head + body, 'end'))
    relayed.inject(cutTo(keep))
    const caller = await relayed.connect()
    await caller.send(get('/'))
    expect(await caller.closed()).toBe(how)
    // A reset may overtake what was sent before it.
    expect((head + kept).startsWith(caller.heard())).toBe(true)
    if (how === 'end') expect(caller.heard()).toBe(head + kept)
    expect(relayed.shown()).toMatchObject({ asked: 1, struck: 1 })
  })

  test('leaves alone what has no body', async () => {
    const relayed = await start(sayOnce('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'))
    relayed.inject(cutTo(0))
    const caller = await relayed.connect()
    await caller.send('HEAD / HTTP/1.1\r\n\r\n')
    await caller.until('10\r\n\r\n')
    expect(relayed.shown()).toMatchObject({ asked: 1, struck: 0 })
  })
})

test('a peer that reads its answers late gets them all', async () => {
  const relayed = await start(() => undefined)
  relayed.inject(STATUS)
  const caller = await relayed.connect()
  caller.pause()
  const sending = caller.send(get('/').repeat(40_000), get('/last', 'Connection: close\r\n'))
  await expect.poll(() => relayed.shown().asked, PATIENT).toBeGreaterThan(1000)
  caller.resume()
  await sending
  expect(await caller.closed()).toBe('end')
  expect(relayed.shown()).toMatchObject({ asked: 40_001, struck: 40_001 })
  expect(pathsIn(caller.heard())).toHaveLength(40_001)
})

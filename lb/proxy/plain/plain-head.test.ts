import { createServer } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPlainRequest } from './plain-head.ts'

interface Read {
  readonly method: string
  readonly url: string
  readonly version: string
  readonly headers: readonly string[]
  readonly connection: 'kept' | 'closed'
}

const MAX_HEAD = 8_192
const AFTER = 'GET /after HTTP/1.1\r\nHost: after\r\n\r\n'

/** What Node's own strict parser makes of these bytes: the requests it lets in. */
async function nodeReads(bytes: Buffer): Promise<Read[]> {
  const reads: Read[] = []
  const server = createServer(
    { insecureHTTPParser: false, requireHostHeader: false },
    (request, response) => {
      reads.push({
        method: request.method ?? '',
        url: request.url ?? '',
        version: request.httpVersion,
        headers: request.rawHeaders,
        connection: response.shouldKeepAlive ? 'kept' : 'closed',
      })
      request.resume()
      response.end()
    },
  )
  server.on('clientError', (_, socket) => socket.destroy())
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => done(),
  })
  server.emit('connection', socket)
  socket.push(bytes)
  // Reading, answering and reading on are all of this turn of the loop and the next ones.
  for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate)
  socket.destroy()
  return reads
}

const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('Accept', 'X-A', 'cookie', 'Via', 'X-Forwarded-For', 'Keep-Alive'),
  },
  { weight: 2, arbitrary: fc.constantFrom('Content-Length', 'content-length', 'Connection', 'Host') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Transfer-Encoding', 'Upgrade', 'Expect', 'Proxy-Connection', 'TE'),
  },
  { weight: 1, arbitrary: fc.constantFrom('X A', 'X\t', ' X', 'X(', '', 'X\x00', 'Ä', 'Content-Length ') },
)
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', '*/*', 'a, b; c="d"', '0', '5', 'close', 'keep-alive', '') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('chunked', '+5', '5, 5', '0x5', '05', '5 ', '\t5', 'Close', 'upgrade'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a\rb', 'a\nb', 'a\r\n b', 'a\x00', 'a\x7f', 'a\xe9', 'a\tb', ' a '),
  },
)
const header = fc.record({
  name,
  colon: fc.oneof({ weight: 8, arbitrary: fc.constant(': ') }, fc.constantFrom(':', ' : ', ':  ', ':\t', '')),
  value,
  end: fc.oneof({ weight: 12, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\n', '\r', '\r\r\n', '')),
})
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH'),
        fc.constantFrom('/', '/a/b?c=d&e', "/~x/(1)!*'", '/%41;p=1,2', '//x', '/a?b?c', '/:80@x'),
      )
      .map(([method, target]) => `${method} ${target} HTTP/1.1\r\n`),
  },
  fc.constantFrom(
    ...[
      'get / HTTP/1.1\r\n',
      'GET  / HTTP/1.1\r\n',
      'GET / HTTP/1.0\r\n',
      'GET / HTTP/1.1\n',
      'GET / HTTP/2.0\r\n',
    ],
    ...['GET /a#b HTTP/1.1\r\n', 'GET /ä HTTP/1.1\r\n', 'GET http://x/ HTTP/1.1\r\n', 'GET x HTTP/1.1\r\n'],
    ...[
      '\r\nGET / HTTP/1.1\r\n',
      'GET /a b HTTP/1.1\r\n',
      'PRI * HTTP/2.0\r\n',
      'QUERY / HTTP/1.1\r\n',
      ' GET / HTTP/1.1\r\n',
    ],
  ),
)
interface Edit {
  readonly at: number
  readonly kind: string
  readonly byte: string
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(400),
  kind: fc.constantFrom('put', 'drop', 'replace'),
  byte: fc.constantFrom('\r', '\n', '\0', ' ', '\t', ':', 'a', '\x7f', '\x80', '\xff', '0', ','),
})

const requests = fc
  .record({
    line,
    host: fc.oneof(
      { weight: 8, arbitrary: fc.constant('Host: x\r\n') },
      fc.constantFrom('', 'Host:\r\n', 'host:x\r\n'),
    ),
    headers: fc.array(header, { maxLength: 4 }),
    end: fc.oneof({ weight: 12, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\n', '', '\r\n\r\n')),
    edits: fc.oneof({ weight: 2, arbitrary: fc.constant<Edit[]>([]) }, fc.array(edit, { maxLength: 2 })),
  })
  .map(({ line, host, headers, end, edits }) => {
    const fields = headers.map(one => `${one.name}${one.colon}${one.value}${one.end}`).join('')
    return edits.reduce(edited, `${line}${host}${fields}${end}`)
  })

function edited(text: string, { at, kind, byte }: Edit): string {
  const place = at % (text.length + 1)
  const rest = kind === 'put' ? place : place + 1
  return text.slice(0, place) + (kind === 'drop' ? '' : byte) + text.slice(rest)
}

test('whatever is taken for plain, Node’s strict parser lets in too, and reads in the same way: 10,000 heads, most of them odd', async () => {
  const counts = { plain: 0, other: 0 }
  await fc.assert(
    fc.asyncProperty(requests, async text => {
      const bytes = Buffer.from(text, 'latin1')
      const plain = readPlainRequest(bytes, MAX_HEAD)
      counts[plain ? 'plain' : 'other'] += 1
      if (!plain) return
      // The body that it announces, then another request: who reads the length otherwise finds that elsewhere.
      const head = bytes.subarray(0, plain.end)
      const reads = await nodeReads(
        Buffer.concat([head, Buffer.alloc(plain.bodyBytes, 'b'), Buffer.from(AFTER)]),
      )
      const { method, url, httpVersion, rawHeaders } = plain.head
      const [first, second, ...more] = reads
      expect(first).toEqual({
        method,
        url,
        version: httpVersion,
        headers: rawHeaders,
        connection: plain.connection,
      })
      expect(second?.url).toBe(plain.connection === 'kept' ? '/after' : undefined)
      expect(more).toEqual([])
    }),
    { numRuns: 10_000 },
  )
  expect(counts.plain).toBeGreaterThan(1_000)
  expect(counts.other).toBeGreaterThan(5_000)
}, 60_000)

test.each([
  [
    'a browser’s GET',
    'GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nCookie: a=b; c=d\r\nConnection: keep-alive\r\n\r\n',
    0,
  ],
  [
    'a POST',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 12\r\ncontent-type: application/json\r\n\r\n',
    12,
  ],
])('plain: %s', (_, text, bodyBytes) => {
  const plain = readPlainRequest(Buffer.from(`${text}behind it`, 'latin1'), MAX_HEAD)
  expect(plain).toMatchObject({ end: text.length, bodyBytes, connection: 'kept' })
})

test.each([
  ['not whole', 'GET / HTTP/1.1\r\nHost: x\r\n'],
  ['too long', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(9_000)}\r\n\r\n`],
  ['chunked', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n'],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n'],
  ['a nominated header', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close, x-secret\r\n\r\n'],
  ['an upgrade', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['an expectation', 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n'],
])('Node’s to read: %s', (_, text) => {
  expect(readPlainRequest(Buffer.from(text, 'latin1'), MAX_HEAD)).toBeUndefined()
})

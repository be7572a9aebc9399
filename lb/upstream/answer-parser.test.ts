import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerParser } from './answer-parser.ts'

/** What came out of these reads, in one line each. */
function parse(reads: readonly string[], method = 'GET'): { events: string[]; end: string } {
  const events: string[] = []
  let body = ''
  const parser = new AnswerParser(method, {
    onInformation: ({ status }) => events.push(`information ${status}`),
    onHead: ({ status, framing, connection }) => events.push(`head ${status} ${framing.kind} ${connection}`),
    onBody: bytes => {
      body += bytes.toString('latin1')
    },
    onAnswered: () => events.push(`end ${body}`),
  })
  for (const read of reads)
    if (parser.execute(Buffer.from(read, 'latin1')) === 'bad') return { events, end: 'bad' }
  return { events, end: parser.finish() ? 'whole' : 'cut' }
}

const OK = 'HTTP/1.1 200 OK\r\n'

test.each([
  ['a length', `${OK}Content-Length: 2\r\n\r\nhi`, ['head 200 length kept', 'end hi']],
  ['no body', `${OK}Content-Length: 0\r\n\r\n`, ['head 200 length kept', 'end ']],
  [
    'chunks',
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    ['head 200 chunked kept', 'end hi'],
  ],
  [
    'an extension and a trailer',
    `${OK}Transfer-Encoding: Chunked\r\n\r\n1;a=b\r\nh\r\n01\r\ni\r\n0\r\nX: y\r\n\r\n`,
    ['head 200 chunked kept', 'end hi'],
  ],
  ['until the end of the connection', `${OK}\r\nhi`, ['head 200 until-close closed', 'end hi']],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi', ['head 200 length closed', 'end hi']],
  [
    'HTTP/1.0, kept',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi',
    ['head 200 length kept', 'end hi'],
  ],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', ['head 204 none kept', 'end ']],
  ['304 that says a length', 'HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n', ['head 304 none kept', 'end ']],
  [
    'hints before it',
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    ['information 103', 'head 200 length kept', 'end '],
  ],
  ['close', `${OK}Connection: x, Close\r\nContent-Length: 0\r\n\r\n`, ['head 200 length closed', 'end ']],
  ['no phrase', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', ['head 200 length kept', 'end ']],
])('%s, in whatever pieces it comes', (_, text, events) => {
  expect(parse([text])).toEqual({ events, end: 'whole' })
  expect(parse([...text])).toEqual({ events, end: 'whole' })
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(text.length), (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a]
      expect(parse([text.slice(0, from), text.slice(from, to), text.slice(to)])).toEqual({
        events,
        end: 'whole',
      })
    }),
  )
})

test('HEAD has no body, whatever its head says', () => {
  expect(parse([`${OK}Content-Length: 5\r\n\r\n`], 'HEAD').events).toEqual(['head 200 none kept', 'end '])
  expect(parse([`${OK}Transfer-Encoding: chunked\r\n\r\n`], 'HEAD').end).toBe('whole')
})

test.each([
  ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['one bare line feed', 'HTTP/1.1 200 OK\r\nX: y\nContent-Length: 0\r\n\r\n'],
  ['a folded line', `${OK}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
  ['a space before the colon', `${OK}Content-Length : 0\r\n\r\n`],
  ['a NUL', `${OK}X: a\0\r\nContent-Length: 0\r\n\r\n`],
  ['a bare carriage return', `${OK}X: a\rb\r\nContent-Length: 0\r\n\r\n`],
  ['two lengths', `${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`],
  ['a list of lengths', `${OK}Content-Length: 1, 1\r\n\r\na`],
  ['a signed length', `${OK}Content-Length: +1\r\n\r\na`],
  ['a length beside a coding', `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['another coding', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['two codings', `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['another protocol', 'HTTP/2 200 OK\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['an unasked upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['a chunk size that is none', `${OK}Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n`],
  ['a chunk longer than it says', `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`],
  ['a chunk line with a bare line feed', `${OK}Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n`],
  ['a trailer that is none', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nnot one\r\n\r\n`],
  ['more than it says', `${OK}Content-Length: 1\r\n\r\nab`],
  ['a second answer', `${OK}Content-Length: 0\r\n\r\n${OK}Content-Length: 0\r\n\r\n`],
  ['a head without end', `${OK}X: ${'a'.repeat(70_000)}`],
  ['hints without end', 'HTTP/1.1 103 x\r\n\r\n'.repeat(20)],
])('refused: %s', (_, text) => {
  expect(parse([text]).end).toBe('bad')
  expect(parse([...text]).end).toBe('bad')
})

test.each([
  ['in its head', `${OK}Content-Le`],
  ['in its body', `${OK}Content-Length: 5\r\n\r\nhi`],
  ['in a chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhi`],
  ['before the last chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`],
  ['before it', ''],
])('a connection that ends %s cuts it', (_, text) => {
  expect(parse([text]).end).toBe('cut')
})

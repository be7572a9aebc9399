import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAnswerHead } from './answer-head.ts'

/** The same grammar once more, in the way that RFC 9112 is easily compared with. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?\r\n/
const FIELD_LINE = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*\r\n/y

function byGrammar(text: string): object | undefined {
  const line = STATUS_LINE.exec(text)
  if (!line) return undefined
  const headers: string[] = []
  FIELD_LINE.lastIndex = line[0].length
  while (FIELD_LINE.lastIndex < text.length) {
    const field = FIELD_LINE.exec(text)
    if (!field) return undefined
    headers.push(field[1] ?? '', field[2] ?? '')
  }
  return { version: `1.${line[1]}`, status: Number(line[2]), phrase: line[3] ?? '', headers }
}

const statusLine = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.0 404 \r\n', 'HTTP/1.1 503\r\n') },
  fc.constantFrom(
    ...[
      'HTTP/1.1 099 x\r\n',
      'HTTP/1.2 200 x\r\n',
      'HTTP/1.1 2000 x\r\n',
      'HTTP/1.1  200\r\n',
      'http/1.1 200\r\n',
    ],
    ...[
      'HTTP/1.1 20\r\n',
      'HTTP/1.1 200OK\r\n',
      'HTTP/1.1 200 a\rb\r\n',
      'HTTP/1.1 200 \xe9\x80\r\n',
      '\r\n',
    ],
  ),
)
const fieldLine = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('A: b\r\n', 'Date:c d\r\n', 'X-E:\t \t\r\n', 'F:  g\t \r\n') },
  fc.constantFrom(
    'A : b\r\n',
    ' A: b\r\n',
    'A: b\n',
    'A: b\r\r\n',
    ': b\r\n',
    'A\r\n',
    'Ä: b\r\n',
    'A: \x7f\r\n',
  ),
)
const edit = fc.tuple(fc.nat(200), fc.constantFrom('', '\r', '\n', '\0', ' ', '\t', ':', 'a', '\x7f', '\x80'))

const heads = fc
  .tuple(statusLine, fc.array(fieldLine, { maxLength: 4 }), fc.array(edit, { maxLength: 2 }))
  .map(([status, fields, edits]) =>
    edits.reduce(
      (text, [at, byte]) =>
        `${text.slice(0, at % (text.length + 1))}${byte}${text.slice(at % (text.length + 1))}`,
      `${status}${fields.join('')}`,
    ),
  )

test('bytes are read as the grammar says, and refused as it says, wherever in a read they lie', () => {
  const counts = { read: 0, refused: 0 }
  fc.assert(
    fc.property(heads, fc.nat(3), (text, before) => {
      const bytes = Buffer.from(`${'x'.repeat(before)}${text}\r\nbody`, 'latin1')
      const head = readAnswerHead(bytes, before, before + text.length, 'GET')
      const expected = byGrammar(text)
      counts[head ? 'read' : 'refused'] += 1
      if (!expected) expect(head).toBeUndefined()
      else expect(head).toMatchObject(expected)
    }),
    { numRuns: 5_000 },
  )
  expect(counts.read).toBeGreaterThan(500)
  expect(counts.refused).toBeGreaterThan(500)
})

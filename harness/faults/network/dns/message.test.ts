import { expect, test } from 'vitest'
import { decide } from './manner.ts'
import { queryFor, readQuestion, wordsOf } from './message.ts'

const query = queryFor('App-A.back', 0xbeef)
const ofType = (type: number) => {
  const other = Buffer.from(query)
  other.writeUInt16BE(type, other.length - 4)
  return other
}
const answerOf = (...[manner, to]: Parameters<typeof decide>) => {
  const decision = decide(manner, to)
  if (decision.kind !== 'answered') throw new Error(decision.kind)
  return decision.answer
}

test('a question is read', () => {
  expect(readQuestion(query)).toEqual({ name: 'app-a.back', type: 1, endsAt: query.length })
  expect(readQuestion(queryFor('', 1))).toMatchObject({ name: '' })
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a head alone', query.subarray(0, 12)],
  ['half a name', query.subarray(0, 15)],
  ['no type', query.subarray(0, query.length - 3)],
  ['an answer', answerOf({ kind: 'dns-failure', names: '*', answer: 'SERVFAIL' }, query)],
  ['a pointer', Buffer.concat([query.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])])],
])('%s is no query, and passes', (_, bytes) => {
  expect(readQuestion(bytes)).toBeUndefined()
  expect(decide({ kind: 'dns-failure', names: '*', answer: 'NXDOMAIN' }, bytes)).toEqual({ kind: 'pass' })
})

test('a failure is an answer to that query, with its code', () => {
  const answer = answerOf({ kind: 'dns-failure', names: 'app-*', answer: 'NXDOMAIN' }, query)
  expect(answer.readUInt16BE(0)).toBe(0xbeef)
  expect(answer.subarray(2, 12).toString('hex')).toBe('81830001000000000000')
  expect(answer.subarray(12)).toEqual(query.subarray(12))
  expect(wordsOf(answer)).toBe('NXDOMAIN')
})

test('a wrong answer has the addresses for A, none for AAAA, and leaves other questions alone', () => {
  const manner = { kind: 'dns-wrong-answer', names: '*', addresses: ['192.0.2.1', '10.1.2.255'] } as const
  expect(wordsOf(answerOf(manner, query))).toBe('192.0.2.1 and 10.1.2.255')
  expect(wordsOf(answerOf(manner, ofType(28)))).toBe('NOERROR')
  expect(decide(manner, ofType(33))).toEqual({ kind: 'pass' })
})

test('names that the pattern does not have pass', () => {
  expect(decide({ kind: 'dns-delay', names: 'app-b*', delayMs: 5 }, query)).toEqual({ kind: 'pass' })
  expect(decide({ kind: 'dns-delay', names: 'APP-A.*', delayMs: 5 }, query)).toEqual({
    kind: 'late',
    byMs: 5,
  })
  expect(decide({ kind: 'dns-failure', names: '*', answer: 'none' }, query)).toEqual({
    kind: 'never answered',
  })
})

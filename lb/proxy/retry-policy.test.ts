import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Failure } from '../upstream/failure.ts'
import { decide, isIdempotent, NOTHING_SPENT } from './retry-policy.ts'

const ALLOWED = { retries: 2, servers: 3, budget: () => true }
const failure = fc.record<Failure>({
  cause: fc.constantFrom(
    'connect-refused',
    'connect-timeout',
    'reset',
    'closed',
    'server-timeout',
    'bad-answer',
  ),
  stage: fc.constantFrom('unsent', 'sent'),
  connection: fc.constantFrom('fresh', 'reused'),
})

test('what was sent and cannot be sent twice is given up, whatever the failure', () => {
  fc.assert(
    fc.property(failure, seen => {
      const decision = decide({ ...seen, stage: 'sent' }, false, NOTHING_SPENT, ALLOWED)
      expect(decision.kind).toBe('give-up')
    }),
  )
})

test('what was not sent goes elsewhere, POST too, until every server was tried', () => {
  const unsent: Failure = { cause: 'connect-refused', stage: 'unsent', connection: 'fresh' }
  expect(decide(unsent, false, NOTHING_SPENT, ALLOWED).kind).toBe('again')
  expect(decide(unsent, false, { ...NOTHING_SPENT, redispatches: 1 }, ALLOWED).kind).toBe('again')
  expect(decide(unsent, false, { ...NOTHING_SPENT, redispatches: 2 }, ALLOWED)).toEqual({
    kind: 'give-up',
    status: 503,
    reason: 'connect-refused',
  })
})

test('every sequence of failures comes to an end', () => {
  fc.assert(
    fc.property(fc.infiniteStream(failure), failures => {
      let spent = NOTHING_SPENT
      let attempts = 0
      for (const seen of failures) {
        attempts += 1
        const decision = decide(seen, true, spent, ALLOWED)
        if (decision.kind === 'give-up') break
        spent = decision.spent
      }
      // 2 retries, 2 redispatches, 3 connections that had died, and the attempt that is not repeated
      expect(attempts).toBeLessThanOrEqual(8)
    }),
  )
})

test('a kept connection that had died costs no retry', () => {
  const stale: Failure = { cause: 'reset', stage: 'sent', connection: 'reused' }
  expect(decide(stale, true, NOTHING_SPENT, ALLOWED)).toMatchObject({
    kind: 'again',
    spent: { retries: 0, freeRetries: 1 },
  })
})

test('a timeout is a 504, a reset a 502', () => {
  const sent = { stage: 'sent', connection: 'fresh' } as const
  expect(decide({ ...sent, cause: 'server-timeout' }, false, NOTHING_SPENT, ALLOWED)).toMatchObject({
    status: 504,
  })
  expect(decide({ ...sent, cause: 'reset' }, false, NOTHING_SPENT, ALLOWED)).toMatchObject({ status: 502 })
})

test('idempotent is what RFC 9110 says', () => {
  expect(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'].every(isIdempotent)).toBe(true)
  expect(['POST', 'PATCH', 'LOCK', 'get'].some(isIdempotent)).toBe(false)
})

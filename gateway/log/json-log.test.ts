import { expect, test } from 'vitest'
import { createJsonLog } from './json-log.ts'

test('writes a line an event, limits a burst, and counts what it left out', () => {
  let ms = 0
  const lines: unknown[] = []
  const log = createJsonLog({
    who: { service: 'gateway' },
    now: () => new Date(ms),
    write: line => lines.push(JSON.parse(line)),
    linesPerWindow: 2,
    windowMs: 1_000,
  })
  for (const n of [1, 2, 3, 4]) log('failed', { n })
  log('other')
  ms = 1_000
  log('failed', { n: 5 })
  expect(lines).toEqual([
    { level: 'info', ts: '1970-01-01T00:00:00.000Z', service: 'gateway', event: 'failed', n: 1 },
    { level: 'info', ts: '1970-01-01T00:00:00.000Z', service: 'gateway', event: 'failed', n: 2 },
    { level: 'info', ts: '1970-01-01T00:00:00.000Z', service: 'gateway', event: 'other' },
    { level: 'info', ts: '1970-01-01T00:00:01.000Z', service: 'gateway', event: 'failed', n: 5, left_out: 2 },
  ])
})

test('writes every line of an event that is not limited, and none of a secret', () => {
  const lines: unknown[] = []
  const log = createJsonLog({
    who: {},
    now: () => new Date(0),
    write: line => lines.push(JSON.parse(line)),
    secretHeaders: ['x-shop-key'],
    unlimited: ['access'],
    linesPerWindow: 1,
  })
  const headers = { authorization: 'Bearer t', cookie: 'c', 'x-api-key': 'k', 'x-shop-key': 's', host: 'h' }
  for (const n of [1, 2, 3]) log('access', { n, headers })
  const hidden = '[redacted]'
  const shown = {
    authorization: hidden,
    cookie: hidden,
    'x-api-key': hidden,
    'x-shop-key': hidden,
    host: 'h',
  }
  expect(lines).toEqual(
    [1, 2, 3].map(n => ({
      level: 'info',
      ts: '1970-01-01T00:00:00.000Z',
      n,
      headers: shown,
      event: 'access',
    })),
  )
  expect(headers.authorization).toBe('Bearer t')
})

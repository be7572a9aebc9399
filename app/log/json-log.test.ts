import { expect, test } from 'vitest'
import { createJsonLog } from './json-log.ts'

test('writes a line an event, limits a burst, and counts what it left out', () => {
  let ms = 0
  const lines: unknown[] = []
  const log = createJsonLog({
    who: { service: 'app' },
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
    { ts: '1970-01-01T00:00:00.000Z', service: 'app', event: 'failed', n: 1 },
    { ts: '1970-01-01T00:00:00.000Z', service: 'app', event: 'failed', n: 2 },
    { ts: '1970-01-01T00:00:00.000Z', service: 'app', event: 'other' },
    { ts: '1970-01-01T00:00:01.000Z', service: 'app', event: 'failed', n: 5, left_out: 2 },
  ])
})

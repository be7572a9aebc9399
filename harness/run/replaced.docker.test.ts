import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HistoryEvent } from '../history/event.ts'
import { smallRun } from '../testing/small-system.ts'
import { zonefall } from '../testing/zonefall-process.ts'

test('a removed container is told of under its own name again when another stands in its place', async () => {
  const small = await smallRun('replaced', 'remove')
  const run = await zonefall(small.args, small.env)
  expect(run.stderr).toBe('') // no residue: what stands there now is configured as it was
  expect([0, 1, 3]).toContain(run.code)
  const lines = (await readFile(join(small.out, 'trial-1/events.ndjson'), 'utf8')).trim().split('\n')
  const events = lines.map(line => JSON.parse(line) as HistoryEvent)
  const replacement = events.find(event => event.type === 'replacement')
  const started = events.find(event => event.type === 'engine' && event.action === 'start')
  expect(replacement).toMatchObject({
    container: { name: small.web },
    id: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(started).toMatchObject({ container: { name: small.web } })
  expect(replacement?.type === 'replacement' && replacement.id !== replacement.container.id).toBe(true)
  expect(await readFile(join(small.out, `trial-1/logs/${small.web}.log`), 'utf8')).not.toContain(
    'could not be read',
  )
})

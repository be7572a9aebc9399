import { readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { historyOf } from '../analysis/testing/history-builder.ts'
import { EXIT } from '../errors/exit-codes.ts'
import type { ZonefallError } from '../errors/zonefall-error.ts'
import { readStoredRun } from './stored-run.ts'
import { writeRun } from './testing/write-run.ts'

const DOWN = {
  outages: [{ fromMs: 0, toMs: 700, manner: 'refused', hits: (k: number) => k % 3 === 0 }],
} as const
const WHOLE = historyOf(DOWN)
const INTERRUPTED = historyOf({ ...DOWN, keeps: event => event.type !== 'phase' || event.phase !== 'done' })

async function refusal(folder: string): Promise<ZonefallError> {
  return readStoredRun(folder).then(
    () => {
      throw new Error('it was read')
    },
    (error: ZonefallError) => error,
  )
}

test('each valid trial has its plan, its curve and the containers that there were; nothing is written', async () => {
  const folder = await writeRun([WHOLE, WHOLE])
  const { trials, leftOut } = await readStoredRun(folder)
  expect(leftOut).toEqual([])
  expect(trials.map(({ name }) => name)).toEqual(['trial-1', 'trial-2'])
  expect(trials[0]).toMatchObject({
    manifest: { plan: WHOLE.plan },
    containers: WHOLE.plan.peers.map(({ name }) => name),
    curve: { periodMs: 10, badMs: expect.arrayContaining([expect.any(Number)]) },
  })
  expect(await readdir(join(folder, 'trial-1'))).not.toContain('analysis.json')
})

test('a trial that was interrupted, or is invalid, is left out and told of', async () => {
  const unread = historyOf({ ...DOWN, keeps: event => event.type !== 'fault-verified' })
  const { trials, leftOut } = await readStoredRun(await writeRun([INTERRUPTED, WHOLE, unread]))
  expect(trials.map(({ name }) => name)).toEqual(['trial-2'])
  expect(leftOut).toEqual([
    'trial-1 was interrupted.',
    expect.stringMatching(/^trial-3 is invalid: Whether /),
  ])
})

test('with no valid trial there is nothing to replay, and each reason is told', async () => {
  const error = await refusal(await writeRun([INTERRUPTED]))
  expect(error).toMatchObject({ code: 'NOTHING_TO_REPLAY', exitCode: EXIT.undecided })
  expect(error.line).toContain('trial-1 was interrupted.')
})

test.each([
  ['manifest.json', async (path: string) => truncate(path, 40), 'has no readable manifest'],
  [
    'manifest.json',
    async (path: string) => writeFile(path, '{"schema":1}'),
    'manifest.json is damaged: rerun',
  ],
  ['manifest.json', async (path: string) => rm(path), 'has no readable manifest'],
  ['samples.bin', async (path: string) => truncate(path, 12), 'is damaged'],
  ['samples.bin', async (path: string) => rm(path), 'is damaged'],
  ['events.ndjson', async (path: string) => writeFile(path, '{"type":\n{}\n'), 'is damaged'],
  ['logs', async (path: string) => rm(path, { recursive: true }), 'is damaged'],
])('%s that is damaged or gone is one line', async (file, damage, line) => {
  const folder = await writeRun([WHOLE])
  await damage(join(folder, 'trial-1', file))
  const error = await refusal(folder)
  expect(error).toMatchObject({ code: 'RESULTS_UNREADABLE', exitCode: EXIT.usage })
  expect(error.line).toContain(line)
  expect(error.line).not.toContain('\n')
})

test('what is no folder of one run is refused, with what to give instead', async () => {
  expect((await refusal('/nowhere/at/all')).line).toContain('/nowhere/at/all cannot be read')
  const empty = await writeRun([])
  expect(await refusal(empty)).toMatchObject({
    exitCode: EXIT.usage,
    message: `${empty} holds no trial that was begun.`,
  })
  const audit = await writeRun([])
  await writeFile(join(audit, 'audit.json'), '{}')
  expect((await refusal(audit)).line).toMatch(/is an audit: one of its cells .* Give the folder in it/)
})

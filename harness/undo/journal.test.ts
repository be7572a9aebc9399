import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { readOutstanding, UndoJournal } from './journal.ts'
import { undoOutstanding } from './undo.ts'
import type { UndoEntry } from './undo-entry.ts'

let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'zonefall-test-')), 'p.undo')
})

const project: UndoEntry = { kind: 'remove-project', project: 'p' }
const start: UndoEntry = { kind: 'start-container', id: 'abc', name: 'web-1' }

test('an entry is on disk before record resolves, and outstanding until it is settled', async () => {
  const journal = await UndoJournal.create(path)
  await journal.record(project)
  const number = await journal.record(start)
  expect(await readOutstanding(path)).toEqual([start, project])
  await journal.settle(number)
  expect(await readOutstanding(path)).toEqual([project])
})

test('closing with nothing outstanding removes the file; with something outstanding leaves it', async () => {
  const journal = await UndoJournal.create(path)
  await journal.record(project)
  await journal.close()
  expect(await readOutstanding(path)).toEqual([project])
})

test('a settled journal leaves no file', async () => {
  const journal = await UndoJournal.create(path)
  await journal.settle(await journal.record(project))
  await journal.close()
  expect(existsSync(path)).toBe(false)
})

test('a torn last line is of a thing that was never done', async () => {
  const journal = await UndoJournal.create(path)
  await journal.record(start)
  await appendFile(path, '{"number":2,"undo":{"kind":"remove-pro')
  expect(await readOutstanding(path)).toEqual([start])
})

test('undoing goes newest first, goes on past a failure, and keeps the failed entry', async () => {
  const journal = await UndoJournal.create(path)
  await journal.record(project)
  await journal.record(start)
  const done: string[] = []
  const engine = {
    containers: { start: () => Promise.reject(new Error('engine is gone')) },
    removeProject: async (name: string) => {
      done.push(name)
    },
  } as unknown as Parameters<typeof undoOutstanding>[1]
  const failures = await undoOutstanding(journal, engine)
  expect(failures.map(failure => failure.message)).toEqual(['could not start web-1: engine is gone'])
  expect(done).toEqual(['p'])
  expect(await readOutstanding(path)).toEqual([start])
  expect(await readFile(path, 'utf8')).toContain('"settled":true')
})

import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { readJournal, retireJournal, UndoJournal } from './journal.ts'
import { undoOutstanding } from './undo.ts'
import type { UndoEntry } from './undo-entry.ts'

const readOutstanding = async (file: string) => (await readJournal(file)).outstanding

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

test('a line that was torn in the middle hides none of the others, and is told by its number', async () => {
  const journal = await UndoJournal.create(path)
  await journal.record(project)
  await appendFile(path, '{"number":2,"undo":{"kind":"remove-pro\n{"number":7,"undo":{"kind":"newer"}}\n')
  await journal.record(start)
  expect(await readJournal(path)).toEqual({ outstanding: [start, project], torn: [2], unknown: [3] })
})

test('a journal is removed with its log when all is undone; a torn one is kept under another name', async () => {
  await writeFile(path, '')
  await writeFile(`${path}.log`, 'x')
  expect(await retireJournal(path, { torn: [] })).toBeUndefined()
  expect(await readdir(dirname(path))).toEqual([])
  await writeFile(path, 'half a li\n')
  expect(await retireJournal(path, { torn: [1] })).toBe(`${path}.torn`)
  expect(await readdir(dirname(path))).toEqual(['p.undo.torn'])
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

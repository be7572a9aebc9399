import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ownState, zonefall } from '../testing/zonefall-process.ts'
import { readJournal, UndoJournal } from './journal.ts'
import type { UndoEntry } from './undo-entry.ts'

const projectOf = (project: string): UndoEntry => ({ kind: 'remove-project', project })

test('a disk that fills in the middle of a line costs that line only', async () => {
  const small = await mkdtemp(join(tmpdir(), 'zonefall-small-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small])
  onTestFinished(() => {
    execFileSync('umount', [small])
  })
  const [path, ballast] = [join(small, 'p.undo'), join(small, 'ballast')]
  const journal = await UndoJournal.create(path)
  await journal.record(projectOf('first'))
  await writeFile(ballast, Buffer.alloc(64 * 1024)).catch(() => undefined) // as much as goes in
  const long = projectOf('x'.repeat(6000))
  await expect(journal.record(long)).rejects.toThrow('ENOSPC')
  await rm(ballast)
  await journal.record(projectOf('last'))
  await journal.close()
  expect(await readJournal(path)).toEqual({
    outstanding: [projectOf('last'), projectOf('first')],
    torn: [2],
    unknown: [],
  })
})

test('one bad journal keeps neither the others from being mended nor a command from running', async () => {
  const env = await ownState()
  const inState = (name: string) => join(env.ZONEFALL_STATE_DIR, name)
  const entry = (number: number) =>
    `${JSON.stringify({ number, undo: projectOf(`zonefall-leftover-${number}`) })}\n`
  await mkdir(inState('a-folder.undo'))
  await writeFile(inState('b-torn.undo'), `${entry(1)}{"number":2,"un\n${entry(3)}`)
  await writeFile(inState('b-torn.undo.log'), 'what the watchdog did\n')
  await writeFile(inState('c-newer.undo'), `{"number":1,"undo":{"kind":"from-the-future"}}\n${entry(2)}`)
  await writeFile(inState('d-whole.undo'), entry(1))

  const { code, stdout } = await zonefall(['cleanup'], env)
  expect(stdout).toContain('a-folder: ')
  expect(stdout).toContain('b-torn: done: remove the containers, networks and volumes of zonefall-leftover-3')
  expect(stdout).toContain(
    `b-torn: line 2 of its journal was never finished, so that nothing was done; kept as ${inState('b-torn.undo.torn')}`,
  )
  expect(stdout).toContain('c-newer.undo: line 1 is not one that this version of Zonefall can read')
  expect(stdout).toContain(
    'd-whole: done: remove the containers, networks and volumes of zonefall-leftover-1',
  )
  expect(code).toBe(5)
  expect(await readdir(env.ZONEFALL_STATE_DIR)).toEqual(['a-folder.undo', 'b-torn.undo.torn', 'c-newer.undo'])
  expect(await readFile(inState('b-torn.undo.torn'), 'utf8')).toContain('{"number":2,"un')
  const status = await zonefall(['status'], env)
  expect(status.stdout).toContain('An earlier run on c-newer died')
  expect(status.code).toBe(0)
})

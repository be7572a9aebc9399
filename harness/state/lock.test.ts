import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { readHolder, takeLock } from './lock.ts'

let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'zonefall-test-')), 'p.lock')
})

test('a second taker is refused while the first lives, and served after it let go', async () => {
  const lock = await takeLock(path, 'p')
  await expect(takeLock(path, 'p')).rejects.toThrow(`Another run (process ${process.pid}) is at work on p.`)
  await lock[Symbol.asyncDispose]()
  await using _again = await takeLock(path, 'p')
  expect(await readdir(dirname(path))).toEqual(['p.lock'])
})

test('a lock tells who holds it, and since when', async () => {
  const beforeMs = Date.now()
  await using _lock = await takeLock(path, 'p')
  const holder = await readHolder(path)
  expect(holder?.pid).toBe(process.pid)
  expect(Date.parse(holder?.since ?? '')).toBeGreaterThanOrEqual(beforeMs)
})

test('the lock of a process that is gone is taken over', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  await writeFile(path, JSON.stringify({ pid: child.pid, started: '1' }))
  expect(await readHolder(path)).toBeUndefined()
  await using _lock = await takeLock(path, 'p')
})

test('a process id that was given to another process does not hold the lock', async () => {
  await writeFile(path, JSON.stringify({ pid: process.pid, started: '1' }))
  await using _lock = await takeLock(path, 'p')
})

test('a holder that is dead, but whose parent has not reaped it, does not hold the lock', async () => {
  // The shell becomes a program that never waits for the child, which ends after that.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line))
  const stat = () => readFile(`/proc/${pid}/stat`, 'utf8')
  await expect.poll(stat, { interval: 5 }).toContain(') Z ')
  const started = (await stat()).split(') ')[1]?.split(' ')[19]
  await writeFile(path, JSON.stringify({ pid, started }))
  await using _lock = await takeLock(path, 'p')
  parent.kill('SIGKILL')
  await once(parent, 'exit')
})

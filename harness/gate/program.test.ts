import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { identify, isAlive } from '../state/lock.ts'
import { endProgram } from '../undo/end-program.ts'
import { readJournal, UndoJournal } from '../undo/journal.ts'
import { type Program, runProgram } from './program.ts'

const cwd = tmpdir()
let journalPath: string
beforeEach(async () => {
  journalPath = join(await mkdtemp(join(tmpdir(), 'zonefall-test-')), 'p.gate.undo')
})

async function run(program: Omit<Program, 'cwd'>, signal = new AbortController().signal) {
  const journal = await UndoJournal.create(journalPath)
  try {
    return await runProgram({ ...program, cwd }, { journal, signal })
  } finally {
    expect(journal.outstanding()).toEqual([])
    await journal.close()
  }
}

test.each([
  ['what it said', { command: 'echo', args: ['one two'] }, { ok: true, output: 'one two\n' }],
  ['a line for the shell', { command: 'echo $X', env: { X: 'y' } }, { ok: true, output: 'y\n' }],
  ['why it failed', { command: 'echo no bundle >&2; exit 3' }, { ok: false, why: 'no bundle' }],
  ['its exit code, if it said nothing', { command: 'exit 3' }, { ok: false, why: 'exit code 3' }],
  ['what killed it', { command: 'kill -KILL $$' }, { ok: false, why: 'ended by SIGKILL' }],
  ['that there is none', { command: 'no-such', args: [] }, { ok: false, why: 'spawn no-such ENOENT' }],
])('%s', async (_, program, end) => {
  expect(await run(program)).toEqual(end)
})

test('what it left running in its group ends with it', async () => {
  const end = await run({ command: 'sleep 300 & echo $!' })
  const pid = Number(end.ok && end.output)
  expect(pid).toBeGreaterThan(0)
  await expect.poll(() => isRunning(pid)).toBe(false)
})

test('the end of what left its group is not waited for', { timeout: 5000 }, async () => {
  expect(await run({ command: 'echo built; setsid sleep 8 & exit 0' })).toEqual({
    ok: true,
    output: 'built\n',
  })
})

test('one that does not heed SIGTERM is killed when it is aborted', { timeout: 8000 }, async () => {
  const abort = new AbortController()
  const line = 'trap "" TERM; echo $$ > "$SAID"; sleep 300; sleep 300'
  const ended = run({ command: line, env: { SAID: `${journalPath}.said` } }, abort.signal)
  const pid = await saidBy()
  abort.abort(new Error('Interrupted.'))
  await expect(ended).rejects.toThrow('Interrupted.')
  await expect.poll(() => isRunning(pid)).toBe(false)
})

test('an abort that comes first lets nothing begin', async () => {
  await expect(run({ command: 'exit 0' }, AbortSignal.abort(new Error('Interrupted.')))).rejects.toThrow(
    'Interrupted.',
  )
})

test('it does not outlive a harness that is killed, and is in the journal until it has ended', {
  timeout: 12_000,
}, async () => {
  const harness = startHarness('trap "" TERM; echo $$ > "$SAID"; sleep 300; sleep 300')
  const pid = await saidBy()
  const [entry] = (await readJournal(journalPath)).outstanding
  expect(entry).toMatchObject({ kind: 'end-program', pid: expect.any(Number) })
  harness.kill('SIGKILL')
  if (entry?.kind === 'end-program') await endProgram(entry)
  await expect.poll(() => isRunning(pid)).toBe(false)
})

test('a process that has its id by now is left alone', async () => {
  const other = spawn('sleep', ['300'], { detached: true })
  await once(other, 'spawn')
  await endProgram({ pid: other.pid ?? 0, started: '1' })
  expect(isRunning(other.pid ?? 0)).toBe(true)
  other.kill('SIGKILL')
  await once(other, 'exit')
})

/** What a program wrote to `$SAID`, once it has written a line. */
async function saidBy(): Promise<number> {
  const read = () => readFile(`${journalPath}.said`, 'utf8').catch(() => '')
  await expect.poll(read, { timeout: 5000 }).toMatch(/\n/)
  return Number(await read())
}

/** Runs a program in a process of its own, which takes the harness's place. */
function startHarness(command: string): ChildProcess {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
  const script = `
    import { UndoJournal } from ${url('../undo/journal.ts')}
    import { runProgram } from ${url('./program.ts')}
    const journal = await UndoJournal.create(${JSON.stringify(journalPath)})
    const program = ${JSON.stringify({ command, cwd, env: { SAID: `${journalPath}.said` } })}
    await runProgram(program, { journal, signal: new AbortController().signal })`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
}

/** A zombie whose new parent never reaps it does not. */
function isRunning(pid: number): boolean {
  return isAlive(identify(pid))
}

import { existsSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { type Lock, takeLock } from '../state/lock.ts'
import { readJournal, retireJournal } from './journal.ts'
import { undoOne } from './undo.ts'
import { describeUndo } from './undo-entry.ts'
import { removeUntilQuiet } from './until-quiet.ts'

/**
 * The watchdog: a process of its own, in its own session, started before a run changes anything. Its
 * standard input is a pipe that only the harness holds. When that closes, the harness is gone: if it
 * left its journal behind, everything in it is undone here.
 */
const [journal = '', lockPath = '', project = ''] = process.argv.slice(2)
const log = (line: string) => appendFile(`${journal}.log`, `${new Date().toISOString()} ${line}\n`)

const LOCK_LIMIT_MS = 30_000
const ENGINE_LIMIT_MS = 120_000

process.stdout.write('ready\n')
process.stdout.on('error', () => process.stdout.destroy()) // the harness that read this is gone
for await (const _ of process.stdin) {
  // nothing is ever sent: the pipe's end is the message
}
if (existsSync(journal)) {
  // The dead harness's lock is taken over, so that nobody begins anew on what is being removed.
  await using _lock = await takeOver()
  if (existsSync(journal)) await undoAfterDeath()
}

/** The pipe closes while its holder is still dying: for that moment it holds the lock yet. */
async function takeOver(): Promise<Lock> {
  const limit = AbortSignal.timeout(LOCK_LIMIT_MS)
  for (;;) {
    try {
      return await takeLock(lockPath, project)
    } catch (error) {
      if (limit.aborted || !(error instanceof ZonefallError)) {
        await log(messageOf(error))
        throw error
      }
      await sleep(50)
    }
  }
}

async function undoAfterDeath(): Promise<void> {
  await log('the harness is gone; undoing what its journal holds')
  const engine = await reachEngine()
  if (!engine) return log('the engine does not answer; `zonefall cleanup` does the rest')
  const contents = await readJournal(journal)
  let mended = contents.unknown.length === 0
  for (const entry of contents.outstanding) {
    const failure = await undoOne(entry, engine)
    await log(failure ? failure.message : `done: ${describeUndo(entry)}`)
    if (failure) mended = false
  }
  mended = (await removeUntilQuiet(contents.outstanding, engine, log)) && mended
  if (mended) await retireJournal(journal, contents)
}

/** The engine may be gone as well, and come back. */
async function reachEngine(): Promise<Engine | undefined> {
  const limit = AbortSignal.timeout(ENGINE_LIMIT_MS)
  while (!limit.aborted) {
    try {
      return await connectEngine()
    } catch (error) {
      await log(messageOf(error))
      await sleep(1000)
    }
  }
  return undefined
}

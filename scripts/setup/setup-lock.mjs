import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { endPrograms } from './command.mjs'
import { stateFile } from './paths.mjs'
import { SetupError, say } from './says.mjs'

const POLL_MS = 200
const LIMIT_MS = 20 * 60_000

/** Runs `work` while no other set-up of this checkout runs. A lock whose holder is dead is taken over. */
export async function withSetupLock(work) {
  const lock = stateFile('setup.lock')
  await take(lock)
  const release = () => rmSync(lock, { force: true })
  const onSignal = async signal => {
    await endPrograms(signal)
    release()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    return await work()
  } finally {
    release()
  }
}

async function take(lock) {
  const mine = `${lock}.${process.pid}`
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }))
  try {
    const limit = Date.now() + LIMIT_MS
    for (let told = false; !linked(mine, lock); await wait(POLL_MS)) {
      const holder = readHolder(lock)
      if (holder === undefined) continue
      if (isDead(holder)) {
        removeStale(lock, holder)
        continue
      }
      if (!told) say(`another set-up (process ${holder.pid}) is at work here: waiting for it`)
      told = true
      if (Date.now() > limit) {
        throw new SetupError(
          `another set-up (process ${holder.pid}) holds ${lock}`,
          'End it, then try again.',
        )
      }
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

// A hard link, unlike a write, appears with its content or not at all.
function linked(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function readHolder(lock) {
  try {
    return JSON.parse(readFileSync(lock, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    return { pid: 0 } // unreadable: nobody of ours wrote it
  }
}

// Moved aside and looked at again: between reading and removing, someone may have taken it over already.
function removeStale(lock, seen) {
  const aside = `${lock}.stale.${process.pid}`
  try {
    renameSync(lock, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  const moved = readHolder(aside)
  if (moved?.pid !== seen.pid && moved !== undefined && !isDead(moved)) linked(aside, lock)
  rmSync(aside, { force: true })
}

function isDead({ pid, started }) {
  if (pid === 0) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error.code === 'ESRCH'
  }
  const now = startOf(pid)
  return now !== undefined && started !== undefined && now !== started // the number was given to another
}

/** When a process began, in kernel ticks; undefined where /proc does not tell. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { findProgram, mustRun, run } from './command.mjs'
import { clearLeftovers, livingEngine } from './engine-leftovers.mjs'
import { stateFile } from './paths.mjs'
import { lastLines, SetupError, say } from './says.mjs'

const LIMIT_MS = 60_000
const POLL_MS = 150

/** Starts the installed engine and waits until it answers. */
export async function startEngine(machine) {
  if (machine.hasSystemd) await startService()
  else await startDaemon()
}

async function startService() {
  say('starting the Docker engine (systemctl start docker)')
  const journal = 'Look at: journalctl -u docker -n 50'
  // A service that failed too often is not tried again before its counter is reset.
  await run('systemctl', ['reset-failed', 'docker.service', 'docker.socket'])
  await mustRun('systemctl', ['start', 'docker'], { timeoutMs: LIMIT_MS, whatToDo: journal })
  if (await answersWithin(LIMIT_MS, () => false)) return
  throw new SetupError(`the Docker engine did not answer within ${LIMIT_MS / 1000} s`, journal)
}

async function startDaemon() {
  const living = livingEngine()
  if (living !== undefined) {
    say(`a Docker engine is there (process ${living}) but does not answer yet: waiting for it`)
    if (await answersWithin(LIMIT_MS, () => livingEngine() === undefined)) return
    if (livingEngine() === living) {
      throw new SetupError(`the Docker engine (process ${living}) runs but does not answer`, [
        `Stop it, then try again: kill ${living}`,
      ])
    }
  }
  const removed = clearLeftovers()
  if (removed.length > 0) say(`an engine died here and left ${removed.join(', ')}: removed`)
  await runDaemon()
}

async function runDaemon() {
  const log = stateFile('dockerd.log')
  say(`starting the Docker engine (dockerd, in the background; log in ${log})`)
  const out = openSync(log, 'w')
  // detached: a session of its own, so that neither the end of set-up nor Ctrl-C ends the engine.
  const child = spawn(findProgram('dockerd'), [], { cwd: '/', detached: true, stdio: ['ignore', out, out] })
  closeSync(out)
  let ended
  child.on('error', error => {
    ended = error.message
  })
  child.on('exit', (code, signal) => {
    ended = `it ended (${signal ?? `exit code ${code}`})`
  })
  child.unref()
  if (await answersWithin(LIMIT_MS, () => ended !== undefined)) return
  const why = ended ?? `it did not answer within ${LIMIT_MS / 1000} s`
  throw new SetupError(`the Docker engine did not start: ${why}`, [
    ...lastLines(readFileSync(log, 'utf8'), 15).split('\n'),
    `The whole log: ${log}`,
  ])
}

async function answersWithin(limitMs, hopeless) {
  const limit = Date.now() + limitMs
  while (Date.now() < limit && !hopeless()) {
    const asked = await run('docker', ['version', '--format', '{{.Server.APIVersion}}'], { timeoutMs: 5_000 })
    if (asked.code === 0) return true
    await wait(POLL_MS)
  }
  return false
}

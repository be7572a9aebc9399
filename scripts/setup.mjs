#!/usr/bin/env node
// Everything a fresh machine needs, for any Node >= 18 and before any package is installed: node:'s own modules
// only. Each step looks first, and does and says something only where something is missing.
//
//   node scripts/setup.mjs            everything
//   node scripts/setup.mjs --peers    and HAProxy and nginx in an image, for the tests and the benchmark
//   node scripts/setup.mjs --machine  only the machine's part (engine and Compose), for root

import { ensureBaseImages } from './setup/base-image.mjs'
import { ensureCompose, missingCompose } from './setup/compose.mjs'
import { ensureEngine, missingEngine } from './setup/engine.mjs'
import { installingForbidden, lookAtMachine } from './setup/machine.mjs'
import { ensurePeersImage } from './setup/peers-image.mjs'
import { ensureRuntime, missingRuntime } from './setup/runtime.mjs'
import { SetupError, say } from './setup/says.mjs'
import { ensureServiceImages } from './setup/service-images.mjs'
import { withSetupLock } from './setup/setup-lock.mjs'

async function setUp() {
  const machine = lookAtMachine()
  if (installingForbidden()) await refuseIfMissing()
  if (machineOnly) {
    await ensureEngine(machine)
    await ensureCompose(machine)
    return
  }
  await ensureRuntime()
  const engine = await ensureEngine(machine)
  await ensureCompose(machine)
  await ensureBaseImages(engine, machine)
  await ensureServiceImages()
  if (process.argv.includes('--peers')) await ensurePeersImage(machine)
}

async function refuseIfMissing() {
  const missing = [
    ...(machineOnly ? [] : missingRuntime()),
    ...(await missingEngine()),
    ...(await missingCompose()),
  ]
  if (missing.length === 0) return
  throw new SetupError('ZONEFALL_NO_INSTALL forbids installing, and this is missing:', missing)
}

// What the system refuses (a full disk, a folder of another user's) is the machine's trouble; the rest is ours.
function fromSystem(error) {
  if (error.syscall === undefined) throw error
  const whatToDo = {
    EACCES: 'It belongs to another user: has root run set-up here? sudo chown -R "$USER" .',
    ENOSPC: 'The disk is full: make room, then try again.',
    EROFS: 'It is on a read-only file system: clone the project to a place of your own.',
  }
  return new SetupError(error.message, whatToDo[error.code] ?? 'Mend that, then try again.', error)
}

const machineOnly = process.argv.includes('--machine')

try {
  await withSetupLock(setUp)
} catch (error) {
  const told = error instanceof SetupError ? error : fromSystem(error)
  say(told.message)
  for (const line of told.whatToDo) process.stderr.write(`  ${line}\n`)
  process.exitCode = told.exitCode
}

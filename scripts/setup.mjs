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
  const missing = [...missingRuntime(), ...(await missingEngine()), ...(await missingCompose())]
  if (missing.length === 0) return
  throw new SetupError('ZONEFALL_NO_INSTALL forbids installing, and this is missing:', missing)
}

const machineOnly = process.argv.includes('--machine')

try {
  await withSetupLock(setUp)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  for (const line of error.whatToDo) process.stderr.write(`  ${line}\n`)
  process.exitCode = error.exitCode
}

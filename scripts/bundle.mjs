#!/usr/bin/env node
// Bundles the reference system's services in a checkout, for its Dockerfiles to copy; packages must be installed here.
//
//   node scripts/bundle.mjs [CHECKOUT]   default: this one

import { resolve } from 'node:path'
import { bundleServices } from './setup/bundle-services.mjs'
import { ROOT } from './setup/paths.mjs'
import { SetupError } from './setup/says.mjs'

try {
  await bundleServices(resolve(process.argv[2] ?? ROOT))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`bundle: ${error.message}\n${error.whatToDo.map(line => `  ${line}\n`).join('')}`)
  process.exitCode = error.exitCode
}

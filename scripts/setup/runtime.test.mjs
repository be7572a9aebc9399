import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { lockedNode, lockedNodeVersion } from './runtime.mjs'

it.runIf(lockedNode !== undefined && existsSync(lockedNode))('npm scripts run on the locked Node', () => {
  const inScript = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim()
  expect(inScript).toBe(`v${lockedNodeVersion()}`)
  expect(process.versions.node).toBe(lockedNodeVersion())
})

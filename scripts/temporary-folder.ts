import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** One folder for all that a test run writes, gone with it; kept when something failed: its runs explain it. */
export async function setup({ vitest }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-tests-'))
  process.env.TMPDIR = folder
  return async () => {
    if (vitest.state.getCountOfFailedTests() === 0) await rm(folder, { recursive: true, force: true })
  }
}

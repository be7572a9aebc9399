import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

export interface Ran {
  readonly seconds: number
  readonly code: number
  readonly stdout: string
}

/** The command line as a user has it, timed from outside. */
export async function zonefall(...args: string[]): Promise<Ran> {
  const before = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'harness/bin.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  const [code] = await once(child, 'close')
  return { seconds: (performance.now() - before) / 1000, code: Number(code), stdout }
}

/** A folder that is not there yet. */
export async function newFolder(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'zonefall-bench-')), 'run')
}

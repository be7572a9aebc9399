import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const FOREIGN = join(ROOT, 'harness/testing/foreign-system/docker-compose.yml')
export const SHORT_KILL = join(ROOT, 'harness/testing/short-kill.yaml')

/** For tests: the command line as a user runs it, in a process of its own. */
export interface ZonefallProcess {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  /** Resolves when standard output or error contains the text; rejects if the process ends before that. */
  until(text: string): Promise<void>
  /** Resolves with the exit code; `null` if a signal ended it. */
  readonly exited: Promise<number | null>
}

export function startZonefall(args: readonly string[], env: NodeJS.ProcessEnv = {}): ZonefallProcess {
  const child = spawn(process.execPath, [join(ROOT, 'harness/bin.mjs'), ...args], {
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString()
      for (const watch of watchers) watch()
    })
  }
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    output,
    exited,
    async until(text) {
      const met = Promise.withResolvers<void>()
      const watch = () => {
        if (output.stdout.includes(text) || output.stderr.includes(text)) met.resolve()
      }
      watchers.add(watch)
      watch()
      const ended = exited.then(code => {
        throw new Error(
          `zonefall ended with ${code} before it said "${text}":\n${output.stdout}${output.stderr}`,
        )
      })
      ended.catch(() => undefined) // after `met` has won, its end is expected
      await Promise.race([met.promise, ended])
      watchers.delete(watch)
    },
  }
}

/** Runs it to its end. */
export async function zonefall(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { output, exited } = startZonefall(args, env)
  return { code: await exited, ...output }
}

/** A state folder of a test's own, so that no other test's leftovers are in it. */
export async function ownState(): Promise<{ ZONEFALL_STATE_DIR: string }> {
  return { ZONEFALL_STATE_DIR: await mkdtemp(join(tmpdir(), 'zonefall-state-')) }
}

export async function newFolder(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'zonefall-results-')), 'run')
}

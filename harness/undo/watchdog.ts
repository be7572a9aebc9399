import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Watchdog {
  /**
   * Lets it go, after the journal is closed: it finds nothing to undo and exits. If the journal was left,
   * because undoing failed, it goes on trying by itself when this process has ended.
   */
  release(): Promise<void>
}

export interface WatchdogRequest {
  readonly journalPath: string
  readonly lockPath: string
  readonly project: string
  /** Called if it ends before it is let go: somebody killed it, and nobody watches any more. */
  readonly onLost: () => void
}

/** Resolves when it watches. From then on the harness may die at any moment without leaving anything behind. */
export async function startWatchdog({
  journalPath,
  lockPath,
  project,
  onLost,
}: WatchdogRequest): Promise<Watchdog> {
  // Node runs TypeScript by itself, and quicker than through a loader.
  const main = fileURLToPath(new URL('./watchdog-main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, journalPath, lockPath, project], {
    detached: true, // a session of its own: a Ctrl-C for the harness is not for it
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  const [first] = await Promise.race([once(child.stdout, 'data'), exited])
  if (!Buffer.isBuffer(first)) throw new Error(`the watchdog did not start (exit code ${first})`)
  child.unref()
  child.on('exit', onLost)
  child.stdin.on('error', () => undefined) // it cannot be told that it may go: it is gone
  return {
    async release() {
      child.off('exit', onLost)
      child.stdin.end()
      if (existsSync(journalPath)) return
      child.ref()
      await exited
    },
  }
}

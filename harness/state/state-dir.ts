import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where locks and undo journals live: one place a user, so that any command finds what any other left. */
export interface StateDir {
  readonly path: string
  lockOf(project: string): string
  journalOf(project: string): string
}

export async function openStateDir(env: NodeJS.ProcessEnv): Promise<StateDir> {
  const base = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
  const path = env['ZONEFALL_STATE_DIR'] || join(base, 'zonefall')
  await mkdir(path, { recursive: true })
  return {
    path,
    lockOf: project => join(path, `${project}.lock`),
    journalOf: project => join(path, `${project}.undo`),
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'

const LAST_LINES = 12
const KEPT_CHARACTERS = 64 * 1024
const LIMIT_MS = 15 * 60_000

export interface Program {
  readonly command: string
  /** Without them the command is a line for the shell. */
  readonly args?: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export type ProgramEnd =
  | { readonly ok: true; readonly output: string }
  /** `why`: the last lines that it said, or why it did not start. */
  | { readonly ok: false; readonly why: string }

/** Runs a program to its end, at most a quarter of an hour. Rejects only when aborted, with the signal's reason. */
export async function runProgram({ command, args, cwd, env, signal }: Program): Promise<ProgramEnd> {
  const child = spawn(command, [...(args ?? [])], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: args === undefined,
    detached: args === undefined && process.platform !== 'win32', // what the shell started ends with it
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_CHARACTERS)
    })
  }
  const limit = AbortSignal.timeout(LIMIT_MS)
  const end = () => killTree(child.pid, args === undefined)
  const stop = AbortSignal.any([signal, limit])
  stop.addEventListener('abort', end)
  if (stop.aborted) end()
  try {
    const [code] = await once(child, 'close')
    signal.throwIfAborted()
    if (limit.aborted) return { ok: false, why: `it did not end within ${LIMIT_MS / 60_000} minutes` }
    return code === 0
      ? { ok: true, output: said }
      : { ok: false, why: lastLines(said) || `exit code ${code}` }
  } catch (error) {
    signal.throwIfAborted()
    return { ok: false, why: String((error as Error).message) }
  } finally {
    stop.removeEventListener('abort', end)
  }
}

function killTree(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return
  try {
    process.kill(isGroup && process.platform !== 'win32' ? -pid : pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it has just ended by itself
  }
}

function lastLines(text: string): string {
  const lines = text.split('\n').map(line => line.trimEnd())
  return lines
    .filter(line => line !== '')
    .slice(-LAST_LINES)
    .join('\n')
}

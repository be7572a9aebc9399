import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { identify } from '../state/lock.ts'
import type { UndoJournal } from '../undo/journal.ts'

const LAST_LINES = 12
const KEPT_CHARACTERS = 64 * 1024
const LIMIT_MS = 15 * 60_000
/** Longer than the supervisor gives the program. */
const SUPERVISOR_LIMIT_MS = 5000
const DRAIN_LIMIT_MS = 500

export interface Program {
  readonly command: string
  /** Without them the command is a line for the shell. */
  readonly args?: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** What the supervisor says of its end; `code` is `null` if it was killed or did not start. */
export interface ProgramExit {
  readonly code: number | null
  readonly why: string
}

export type ProgramEnd =
  | { readonly ok: true; readonly output: string }
  /** `why`: the last lines that it said, or why it did not start. */
  | { readonly ok: false; readonly why: string }

export type RunProgram = (program: Program) => Promise<ProgramEnd>

export interface ProgramKeeper {
  /** Who runs is in it before it begins: if the harness dies, nothing is undone before that has ended. */
  readonly journal: Pick<UndoJournal, 'record' | 'settle'>
  readonly signal: AbortSignal
}

/**
 * Runs a program, and all that it starts, to its end, at most a quarter of an hour, under a supervisor that ends it
 * when the harness dies. Rejects only when aborted, with the signal's reason, and when the journal cannot be written.
 */
export async function runProgram(program: Program, { journal, signal }: ProgramKeeper): Promise<ProgramEnd> {
  signal.throwIfAborted()
  const supervisor = fork(fileURLToPath(new URL('./program-main.ts', import.meta.url)), {
    execArgv: [], // Node runs TypeScript by itself, whatever loader the harness runs under
    detached: true, // a group of its own, which a Ctrl-C for the harness does not reach
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const output = collectOutput(supervisor)
  const exited = new Promise(resolve => supervisor.once('exit', resolve))
  let exit: ProgramExit | undefined
  supervisor.once('message', (message: ProgramExit) => {
    exit = message
  })
  const limit = AbortSignal.timeout(LIMIT_MS)
  const stop = AbortSignal.any([signal, limit])
  const end = () => endSupervisor(supervisor)
  stop.addEventListener('abort', end)
  try {
    await once(supervisor, 'spawn')
    const who = identify(supervisor.pid ?? 0)
    const entry = await journal.record({ kind: 'end-program', name: program.command, ...who })
    if (supervisor.connected) supervisor.send(program, () => undefined) // not told, it ends: that is waited for
    await exited
    if (supervisor.connected) await once(supervisor, 'disconnect') // its last message may come after its end
    await output.drained()
    await journal.settle(entry)
  } finally {
    stop.removeEventListener('abort', end)
    end() // it runs yet if the journal could not be written
  }
  signal.throwIfAborted()
  if (limit.aborted) return { ok: false, why: `it did not end within ${LIMIT_MS / 60_000} minutes` }
  if (exit?.code === 0) return { ok: true, output: output.text() }
  return { ok: false, why: lastLines(output.text()) || (exit?.why ?? 'it was killed') }
}

/** By closing the channel; by force, with all that it runs, if it does not heed that. */
function endSupervisor(supervisor: ChildProcess): void {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null || supervisor.pid === undefined) return
  if (supervisor.connected) supervisor.disconnect()
  const group = -supervisor.pid
  const timer = setTimeout(() => process.kill(group, 'SIGKILL'), SUPERVISOR_LIMIT_MS)
  supervisor.once('exit', () => clearTimeout(timer))
}

/** What it says; one that left its group may hold the pipes for ever, so that their end is not waited for. */
function collectOutput({ stdout, stderr }: ChildProcess) {
  let said = ''
  const streams = [stdout, stderr].filter(stream => stream !== null)
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_CHARACTERS)
    })
  }
  const closed = Promise.all(streams.map(stream => new Promise(resolve => stream.once('close', resolve))))
  return {
    text: () => said,
    async drained(): Promise<void> {
      const letGo = () => {
        for (const stream of streams) stream.destroy()
      }
      const timer = setTimeout(letGo, DRAIN_LIMIT_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

function lastLines(text: string): string {
  const lines = text.split('\n').map(line => line.trimEnd())
  return lines
    .filter(line => line !== '')
    .slice(-LAST_LINES)
    .join('\n')
}

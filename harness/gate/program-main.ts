import { spawn } from 'node:child_process'
import type { Program, ProgramExit } from './program.ts'

/**
 * Stands between the harness and a program that it runs, so that no program outlives the harness. It leads a
 * process group, in which is all that the program starts. The channel is the harness's alone: when it closes, the
 * harness wants the end, or is gone.
 *
 *     harness ══channel══ this ──── the program ──── what that starts
 */
const KILL_AFTER_MS = 3000

process.on('SIGTERM', () => undefined) // is for the rest of the group
const leaveAtOnce = () => process.exit()
process.once('disconnect', leaveAtOnce)
process.once('message', (program: Program) => {
  process.off('disconnect', leaveAtOnce).once('disconnect', stop)
  start(program)
})

function start({ command, args, cwd, env }: Program): void {
  const child = spawn(command, [...(args ?? [])], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: args === undefined,
  })
  child.once('error', error => leave({ code: null, why: error.message }))
  child.once('exit', (code, signal) =>
    leave({ code, why: signal ? `ended by ${signal}` : `exit code ${code}` }),
  )
}

function stop(): void {
  process.kill(-process.pid, 'SIGTERM')
  setTimeout(killGroup, KILL_AFTER_MS)
}

/** Tells how the program ended, and ends with all that it left running. */
function leave(exit: ProgramExit): void {
  if (process.connected) process.send?.(exit, killGroup)
  else killGroup()
}

function killGroup(): void {
  process.kill(-process.pid, 'SIGKILL')
}

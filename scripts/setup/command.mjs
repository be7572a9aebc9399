import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { lastLines, SetupError } from './says.mjs'

/** Nothing that set-up runs may hang for ever; a slow mirror may need this long. */
const LONGEST_MS = 900_000

// Root's programs are not on everybody's PATH.
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The full path of a program, or undefined. */
export function findProgram(name, path = process.env.PATH ?? '') {
  return [...path.split(delimiter), ...SYSTEM_FOLDERS]
    .filter(folder => folder !== '')
    .map(folder => join(folder, name))
    .find(file => statSync(file, { throwIfNoEntry: false })?.isFile() && isExecutable(file))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// The one thing set-up has to remember for the whole process: what must not outlive it. An npm that goes on after
// Ctrl-C would take node_modules from under the next set-up.
const running = new Set()
let isEnding = false

/** Passes a signal on to every program that runs, and resolves when all have ended. None is started any more. */
export async function endPrograms(signal) {
  isEnding = true
  const ends = [...running].map(child => once(child, 'close'))
  for (const child of running) child.kill(signal)
  await Promise.all(ends)
}

/**
 * Runs a program to its end, as `{ code, stdout, stderr, reason }`: `code` is null when it did not run or
 * was ended, and `reason` says why. Never throws.
 *
 * Options: `cwd`, `env`, `input` (a stream); `timeoutMs`, after which it is ended; `patienceMs`, after which it
 * is ended if it has not printed anything yet.
 */
export function run(
  program,
  args,
  { cwd, env = process.env, input, timeoutMs = LONGEST_MS, patienceMs } = {},
) {
  return new Promise(resolve => {
    const child = spawn(program, args, { cwd, env, stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'] })
    running.add(child)
    const output = { stdout: '', stderr: '' }
    let reason
    const endAfter = (ms, why) =>
      ms === undefined
        ? undefined
        : setTimeout(() => {
            reason = why
            child.kill('SIGKILL')
          }, ms)
    const limit = endAfter(timeoutMs, `it took longer than ${timeoutMs / 1000} s`)
    const patience = endAfter(patienceMs, `nothing answered within ${(patienceMs ?? 0) / 1000} s`)
    for (const name of ['stdout', 'stderr']) {
      child[name].on('data', chunk => {
        clearTimeout(patience)
        output[name] += chunk
      })
    }
    const end = code => {
      running.delete(child)
      clearTimeout(limit)
      clearTimeout(patience)
      if (!isEnding) resolve({ code, ...output, reason })
    }
    child.on('error', error => {
      reason = error.message
      end(null)
    })
    child.on('close', code => end(code))
    if (input) {
      child.stdin.on('error', () => input.destroy()) // the program ended early: its exit code says why
      input.pipe(child.stdin)
    }
  })
}

/** The same, but anything but success ends set-up; `whatToDo` is what its user is told. */
export async function mustRun(program, args, { whatToDo, ...options } = {}) {
  const done = await run(program, args, options)
  if (done.code === 0) return done
  const said = lastLines(done.stderr || done.stdout).split('\n')
  throw new SetupError(
    `${program} ${args[0] ?? ''} failed: ${done.reason ?? `exit code ${done.code}`}`,
    [...said, whatToDo].filter(line => line !== undefined && line !== ''),
  )
}

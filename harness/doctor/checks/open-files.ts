import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Check } from '../check.ts'
import { broken, type Finding, fine, limited } from '../finding.ts'

/** Each probe and each connection of the load is a file for as long as it lasts, up to its deadline of a second. */
const ENOUGH = 1024
const LEAST = 256

export const openFiles: Check = {
  name: 'open files',
  pace: 'together',
  run: async (_context, signal) => {
    if (process.platform === 'win32') return fine('Windows sets no limit')
    // A child has the limit of this process, which Node has raised as far as it may.
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n'], { signal })
    return judgeOpenFiles(stdout.trim())
  },
}

/** `limit`: a number or `unlimited`. */
export function judgeOpenFiles(limit: string): Finding {
  const count = limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
  const what = `${limit} at once in a process`
  if (count >= ENOUGH) return fine(what)
  const advice = 'Raise the limit: ulimit -n 4096.'
  if (count >= LEAST) return limited(`${what}: in a long silence probes may go unsent`, advice)
  return broken(what, advice)
}

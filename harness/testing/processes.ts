import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'

/** For tests: the processes that a process has started, and those that these have started. */
export async function offspringOf(pid: number): Promise<number[]> {
  const numbers = (await readdir('/proc')).map(Number).filter(number => number > 0)
  const parents = await Promise.all(numbers.map(async number => [number, await parentOf(number)] as const))
  const below = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)])
  return below(pid)
}

export function isProcess(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

/** Field 4 of /proc/PID/stat; `undefined` when it has ended since. */
async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

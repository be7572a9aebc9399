import { readFile } from 'node:fs/promises'

/** Of Linux: clock ticks a second in /proc. */
const TICKS = 100

/** Processor time of a process so far, its own and the kernel's for it. */
export async function cpuUs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS
}

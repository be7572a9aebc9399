import { readFile } from 'node:fs/promises'

/** Each is a file beside this one, `NAME.pl`. */
export const PROGRAMS = [
  'clock',
  'cpu-burn',
  'cpu-limit',
  'disk-full',
  'memory-pressure',
  'open-files',
  'slow-disk',
] as const
export type ProgramName = (typeof PROGRAMS)[number]

export const HELPER_IMAGE = 'zonefall/toolbox:1'
/** Longer than the longest warm-up, baseline and hold that an experiment may have. */
export const EXPIRES_SECONDS = 1200

/**
 * A standing helper's program on the target's processes, with its text handed over as it is. In Perl: it is in every
 * Debian, small, quickly started, and makes system calls that Node does not know, such as ptrace.
 */
export async function perlProgram(name: ProgramName, target: { id: string; pid: number }): Promise<string[]> {
  const [shared, own] = await Promise.all(
    ['helper', name].map(file => readFile(new URL(`./${file}.pl`, import.meta.url), 'utf8')),
  )
  const limit = ['timeout', '-k', '10', '-s', 'TERM', String(EXPIRES_SECONDS)]
  return [...limit, 'perl', '-e', `${shared}\n${own}`, target.id, String(target.pid)]
}

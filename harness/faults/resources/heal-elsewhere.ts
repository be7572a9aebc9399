import type { Engine } from '../../docker/engine.ts'
import { askOnce, type Place, type ProgramSpec } from './stand-at.ts'

/** The programs whose deeds outlast the helper that did them. */
export const CLOCK: ProgramSpec = { name: 'clock', capabilities: ['SYS_PTRACE', 'DAC_OVERRIDE'] }
export const OPEN_FILES: ProgramSpec = {
  name: 'open-files',
  capabilities: ['SETUID', 'SETGID', 'SYS_PTRACE', 'DAC_READ_SEARCH'],
}
export const SLOW_DISK: ProgramSpec = { name: 'slow-disk', capabilities: ['SYS_PTRACE'] }

/** `before`: how it was, as the program said when it began. Of a container that does not run nothing is left. */
export async function healElsewhere(
  engine: Pick<Engine, 'containers' | 'standHelper'>,
  place: Place,
  program: ProgramSpec,
  before: string,
): Promise<void> {
  await askOnce(engine, place, program, `heal ${before}`)
}

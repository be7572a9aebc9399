import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { takeLock } from '../state/lock.ts'
import { takeDown } from '../system/system.ts'
import type { CommandContext } from './context.ts'
import { openSession } from './session.ts'
import type { SystemOptions } from './system-options.ts'

export async function down(options: SystemOptions, context: CommandContext): Promise<ExitCode> {
  const { project, engine, state } = await openSession(options, context)
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  await takeDown(project.name, engine)
  context.terminal.out(`${project.name} is down.`)
  return EXIT.pass
}

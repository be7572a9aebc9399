import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { takeLock } from '../state/lock.ts'
import { entryUrl, planEntry, waitForEntry } from '../system/entry-point.ts'
import { bringUp, requireAbsent, takeDown } from '../system/system.ts'
import type { CommandContext } from './context.ts'
import { openSession } from './session.ts'
import type { SystemOptions } from './system-options.ts'

export async function up(options: SystemOptions, context: CommandContext): Promise<ExitCode> {
  const { project, engine, state } = await openSession(options, context)
  const entry = planEntry(project)
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  await requireAbsent(project, engine)
  context.terminal.say(`Bringing ${project.name} up.`)
  try {
    const containers = await bringUp(project, [], engine, context.signal)
    const url = entryUrl(containers, entry)
    await waitForEntry(url, 10_000, context.signal)
    context.terminal.out(`${project.name} is up: ${url.href}`)
    return EXIT.pass
  } catch (error) {
    await takeDown(project.name, engine)
    throw error
  }
}

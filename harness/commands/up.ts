import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { takeLock } from '../state/lock.ts'
import { entryUrl, parseEntryUrl, planEntry, waitForEntry } from '../system/entry-point.ts'
import { bringUp, requireAbsent, takeDown } from '../system/system.ts'
import type { CommandContext } from './context.ts'
import { openSession } from './session.ts'
import type { SystemOptions } from './system-options.ts'

export async function up(options: SystemOptions, context: CommandContext): Promise<ExitCode> {
  const session = await openSession(options, context)
  const { project, engine, state } = session
  const given = session.url === undefined ? undefined : parseEntryUrl(session.url)
  const entry = given ? undefined : planEntry(project)
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  await requireAbsent(project, engine)
  context.terminal.say(`Bringing ${project.name} up.`)
  try {
    const containers = await bringUp(project, [], engine, context.signal)
    const url = given ?? entryUrl(containers, entry ?? planEntry(project))
    await waitForEntry(url, 10_000, context.signal)
    context.terminal.out(`${project.name} is up: ${url.href}`)
    return EXIT.pass
  } catch (error) {
    await takeDown(project.name, engine).catch((failure: unknown) => {
      throw new SuppressedError(failure, error)
    })
    throw error
  }
}

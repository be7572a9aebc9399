import type { Experiment } from '../experiment/experiment.ts'
import type { CommandContext } from './context.ts'
import { openSession, type Session } from './session.ts'
import type { SystemOptions } from './system-options.ts'

/** A session for each experiment, on the system that it is for. Those of one system share one. */
export async function sessionsFor(
  experiments: readonly Pick<Experiment, 'system'>[],
  options: SystemOptions,
  context: CommandContext,
): Promise<Session[]> {
  const opened = new Map<string, Session>()
  const sessions: Session[] = []
  for (const { system } of experiments) {
    const key = JSON.stringify(options.file === undefined ? (system ?? null) : null)
    const session = opened.get(key) ?? (await openSession(options, context, system))
    opened.set(key, session)
    sessions.push(session)
  }
  return sessions
}

/** Those with another system each: two forms of one Compose file, under one name, are one system here. */
export function distinctSystems(sessions: readonly Session[]): Session[] {
  return [...new Map(sessions.map(session => [session.project.name, session])).values()]
}

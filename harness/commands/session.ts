import { findEndpoint } from '../docker/endpoint.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import type { LabelKeys } from '../plan/members.ts'
import { openStateDir, type StateDir } from '../state/state-dir.ts'
import { type ComposeProject, readComposeProject } from '../system/compose-config.ts'
import { sayLeftovers } from '../undo/leftovers.ts'
import type { CommandContext } from './context.ts'
import { composeFileOf, type SystemOptions } from './system-options.ts'

/** What every command that has a system begins with. */
export interface Session {
  readonly project: ComposeProject
  readonly engine: Engine
  readonly state: StateDir
  readonly keys: LabelKeys
}

export async function openSession(options: SystemOptions, context: CommandContext): Promise<Session> {
  const file = composeFileOf(options, context)
  const [engine, project] = await Promise.all([openEngine(context), readComposeProject(file)])
  const state = await openStateDir(context.env)
  await sayLeftovers(state, context.terminal.say)
  return { project, engine, state, keys: { zone: options.zoneLabel, tier: options.tierLabel } }
}

/** testcontainers, dockerode and the docker CLI each look for the engine in their own way; DOCKER_HOST settles it for all. */
export async function openEngine(context: CommandContext): Promise<Engine> {
  context.env['DOCKER_HOST'] = await findEndpoint(context.env)
  return connectEngine()
}

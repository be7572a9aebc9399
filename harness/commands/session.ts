import { join, resolve } from 'node:path'
import { loadSystemConfig, type SystemConfig } from '../config/system-config.ts'
import { findEndpoint } from '../docker/endpoint.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import type { ZonefallError } from '../errors/zonefall-error.ts'
import type { ExperimentSystem } from '../experiment/system.ts'
import type { LabelKeys } from '../plan/members.ts'
import { hashOf } from '../results/manifest.ts'
import { openStateDir, type StateDir } from '../state/state-dir.ts'
import { type ComposeProject, readComposeProject } from '../system/compose-config.ts'
import { sayLeftovers } from '../undo/leftovers.ts'
import type { CommandContext } from './context.ts'
import type { SystemOptions } from './system-options.ts'

/** What every command that has a system begins with. */
export interface Session {
  readonly project: ComposeProject
  readonly engine: Engine
  readonly state: StateDir
  readonly keys: LabelKeys
  readonly url: string | undefined
  readonly target: string | undefined
  readonly prepare: string | undefined
  readonly peak: number | undefined
  readonly accept: NonNullable<SystemConfig['accept']>
  readonly instanceHeader: string
}

/** Flags first, then the experiment's own system, then the configuration in the current folder, then the reference system. */
export async function openSession(
  options: SystemOptions,
  context: CommandContext,
  system?: ExperimentSystem,
): Promise<Session> {
  const referenceFile = join(context.packageRoot, 'docker-compose.yml')
  const config = await loadSystemConfig(context.cwd)
  const named: ExperimentSystem | undefined =
    options.file === undefined ? system : { file: resolve(context.cwd, options.file) }
  const file = named?.file ?? config.file ?? referenceFile
  // A configuration speaks of its own file only: with another file given, its URL and target mean nothing.
  const own = named && file !== config.file ? {} : config
  const [engine, project] = await Promise.all([
    openEngine(context),
    readComposeProject(file, referenceFile, named?.environment),
  ])
  const state = await openStateDir(context.env)
  await sayLeftovers(state, context.terminal.say)
  return {
    project,
    engine,
    state,
    keys: {
      zone: options.zoneLabel ?? own.zoneLabel ?? 'zonefall.zone',
      tier: options.tierLabel ?? own.tierLabel ?? 'zonefall.tier',
    },
    url: options.url ?? own.url,
    target: own.target,
    prepare: own.prepare,
    peak: own.peak,
    accept: own.accept ?? [],
    instanceHeader: options.instanceHeader ?? own.instanceHeader ?? 'x-zonefall-path',
  }
}

/** What a record keeps of the system that it is about. */
export interface RecordedSystem {
  readonly file: string
  readonly environment?: Readonly<Record<string, string>>
  readonly resolvedSha256: string
  readonly url: string | null
  readonly keys: LabelKeys
  readonly instanceHeader: string
}

/** For going on with what a record began. Errors: `changed`, when its Compose file says something else by now. */
export async function reopenSession(
  { file, environment, resolvedSha256, url, keys, instanceHeader }: RecordedSystem,
  changed: () => ZonefallError,
  context: CommandContext,
): Promise<Session> {
  const session = await openSession(
    { zoneLabel: keys.zone, tierLabel: keys.tier, instanceHeader, ...(url === null ? {} : { url }) },
    context,
    { file, ...(environment ? { environment } : {}) },
  )
  if (hashOf(session.project) !== resolvedSha256) throw changed()
  return session
}

/** testcontainers, dockerode and the docker CLI each look for the engine in their own way; DOCKER_HOST settles it for all. */
export async function openEngine(context: CommandContext): Promise<Engine> {
  context.env['DOCKER_HOST'] = await findEndpoint(context.env)
  return connectEngine()
}

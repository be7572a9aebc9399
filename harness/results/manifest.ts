import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { EngineInfo } from '../docker/engine.ts'
import { type Member, memberName } from '../plan/members.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import type { ComposeProject } from '../system/compose-config.ts'

/** All that a stranger needs to judge a trial or run it again; written before the trial starts. */
export interface Manifest {
  readonly schema: 1
  readonly zonefall: string
  readonly startedAt: string
  /** The command that has the same run again. */
  readonly rerun: string
  readonly plan: TrialPlan
  readonly system: {
    readonly project: string
    readonly file: string
    /** What the experiment gave its Compose file; only where it gave something. */
    readonly environment?: Readonly<Record<string, string>>
    readonly resolvedSha256: string
    /** Containers of the file that it ran without, by their names less the project's; older results do not tell. */
    readonly without?: readonly string[]
  }
  readonly engine: EngineInfo
  readonly host: {
    readonly node: string
    readonly platform: string
    readonly kernel: string
    readonly cpu: string
    readonly cpus: number
    readonly memoryBytes: number
  }
}

export interface ManifestFacts {
  readonly plan: TrialPlan
  readonly project: ComposeProject
  readonly engine: EngineInfo
  readonly packageRoot: string
  readonly startedAt: Date
  readonly rerun: string
  readonly dropped: readonly Member[]
}

export function makeManifest({
  plan,
  project,
  engine,
  packageRoot,
  startedAt,
  rerun,
  dropped,
}: ManifestFacts): Manifest {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  return {
    schema: 1,
    zonefall: version,
    startedAt: startedAt.toISOString(),
    rerun,
    plan,
    system: {
      project: project.name,
      file: project.file,
      ...(project.environment ? { environment: project.environment } : {}),
      resolvedSha256: hashOf(project),
      without: dropped.map(memberName),
    },
    engine,
    host: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      kernel: release(),
      cpu: cpus()[0]?.model ?? 'unknown',
      cpus: cpus().length,
      memoryBytes: totalmem(),
    },
  }
}

/** Of the Compose file as Compose reads it, with the environment that it names. */
export function hashOf({ resolved }: Pick<ComposeProject, 'resolved'>): string {
  return createHash('sha256').update(resolved).digest('hex')
}

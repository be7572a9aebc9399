import { cpus } from 'node:os'
import type { EngineInfo } from '../docker/engine.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { type LabelKeys, membersOf } from '../plan/members.ts'
import { hashOf } from '../results/manifest.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import type { CapacityRecord } from './capacity-record.ts'
import { conditionsOf, tiersOf, zonesOf } from './conditions.ts'
import { type AskedCpus, cpuSharesOf } from './cpus-overlay.ts'
import type { Limits } from './judge-step.ts'

/** What was asked for; the rest follows from the system. */
export interface Asked {
  readonly project: ComposeProject
  readonly url: string | undefined
  readonly keys: LabelKeys
  readonly instanceHeader: string
  readonly engine: EngineInfo
  readonly version: string
  readonly seed: number
  readonly path: string
  readonly fault: string
  /** By name; all of them when there is none. */
  readonly zones: readonly string[]
  readonly limits: Limits
  readonly from: number
  readonly maxRate: number
  readonly resolution: number
  readonly stepMs: number
  readonly peak: number | undefined
  readonly target: number | undefined
  readonly cpus: AskedCpus | undefined
}

/** All that is decided before anything is started. Errors: NO_TARGET, USAGE. */
export function decide(asked: Asked): CapacityRecord {
  const { project, keys, peak, maxRate, from } = asked
  const members = membersOf(project, keys)
  const zones = zonesOf(members)
  if (zones.length === 0)
    throw new ZonefallError(
      'NO_TARGET',
      `No container of ${project.name} carries the zone label ${keys.zone}: there is no zone to lose.`,
      { advice: 'Label the services, or name the label that they have with --zone-label.' },
    )
  for (const zone of asked.zones)
    if (!zones.includes(zone))
      throw new ZonefallError('NO_TARGET', `There is no zone \`${zone}\`. There are: ${zones.join(', ')}.`, {
        advice: 'Give one of them with --zone.',
      })
  if (peak !== undefined && peak > maxRate)
    throw new ZonefallError(
      'USAGE',
      `The peak of ${peak}/s is above the highest rate that may be tried, ${maxRate}/s.`,
      {
        advice: 'Give a higher --max-rate.',
      },
    )
  return {
    schema: 1,
    zonefall: asked.version,
    system: project.name,
    file: project.file,
    resolvedSha256: hashOf(project),
    url: asked.url ?? null,
    keys,
    instanceHeader: asked.instanceHeader,
    seed: asked.seed,
    path: asked.path,
    fault: asked.fault,
    limits: asked.limits,
    from: Math.min(from, maxRate, peak ?? from),
    maxRate,
    resolution: asked.resolution,
    stepMs: asked.stepMs,
    peak: peak ?? null,
    target: asked.target ?? null,
    cpuShares: cpuSharesOf(project, keys, asked.cpus),
    tiers: tiersOf(members),
    conditions: conditionsOf(members, asked.zones.length > 0 ? [...new Set(asked.zones)].sort() : zones),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version },
    engine: asked.engine,
  }
}

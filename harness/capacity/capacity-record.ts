import type { EngineInfo } from '../docker/engine.ts'
import type { LabelKeys, Member } from '../plan/members.ts'
import { recordFile } from '../results/record-file.ts'
import type { Limits } from './judge-step.ts'
import type { TierShape } from './model.ts'

/** A state of the system in which its capacity is searched for. */
export interface Condition {
  /** `all`, or `without zone-a`. */
  readonly name: string
  /** Its folder's name, within the search's. */
  readonly folder: string
  /** The zone that is gone; `null` when all are there. */
  readonly zone: string | null
  /** What is broken at once; empty when all are there. */
  readonly members: readonly Member[]
}

/** CPU time that each instance of some services may use, so that they are the limit and not this machine. */
export interface CpuShare {
  readonly cpus: number
  readonly services: readonly string[]
}

/** `capacity.json`: all that is decided of a search; written when its system is up, before any load. */
export interface CapacityRecord {
  readonly schema: 1
  readonly zonefall: string
  readonly system: string
  /** Absolute path of the Compose file. */
  readonly file: string
  readonly resolvedSha256: string
  /** As it was given; `null` when the entry point is found from the Compose file. */
  readonly url: string | null
  readonly keys: LabelKeys
  readonly instanceHeader: string
  readonly seed: number
  readonly path: string
  readonly fault: string
  readonly limits: Limits
  /** Requests a second: the lowest rate that is tried, and the highest. */
  readonly from: number
  readonly maxRate: number
  readonly resolution: number
  readonly stepMs: number
  readonly peak: number | null
  /** Rate for which the model says what it takes. */
  readonly target: number | null
  readonly cpuShares: readonly CpuShare[]
  readonly tiers: readonly TierShape[]
  /** In the order in which they are tried. */
  readonly conditions: readonly Condition[]
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly node: string }
  readonly engine: EngineInfo
}

export const {
  isIn: isCapacityFolder,
  write: writeCapacityRecord,
  read: readCapacityRecord,
} = recordFile<CapacityRecord>('capacity.json', 'a search for capacity')

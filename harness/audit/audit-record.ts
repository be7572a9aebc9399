import type { Timing } from '../experiment/experiment.ts'
import type { LabelKeys } from '../plan/members.ts'
import { recordFile } from '../results/record-file.ts'
import type { Component } from './component.ts'

/** `audit.json`: all that is decided of an audit; written when its system is up, before anything is broken. */
export interface AuditRecord {
  readonly schema: 1
  readonly system: string
  /** Absolute path of the Compose file. */
  readonly file: string
  readonly resolvedSha256: string
  /** As it was given; `null` when the entry point is found from the Compose file. */
  readonly url: string | null
  readonly keys: LabelKeys
  readonly instanceHeader: string
  readonly seed: number
  readonly timing: Timing
  /** Kinds, in the order in which each component meets them. */
  readonly faults: readonly string[]
  /** In the order in which they are broken. */
  readonly components: readonly Component[]
  /** Names of components whose loss is lived with, and why. */
  readonly accepted: Readonly<Record<string, string>>
}

export const {
  isIn: isAuditFolder,
  write: writeAuditRecord,
  read: readAuditRecord,
} = recordFile<AuditRecord>('audit.json', 'an audit')

import type { LabelKeys } from '../plan/members.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import { recordFile } from '../results/record-file.ts'

/** `shrink.json`: all that is decided of a search; written before its first trial. */
export interface ShrinkRecord {
  readonly schema: 1
  /** The failing run's folder. */
  readonly of: string
  readonly system: string
  /** Absolute path of the Compose file. */
  readonly file: string
  /** What the experiment gave its Compose file; only where it gave something. */
  readonly environment?: Readonly<Record<string, string>>
  readonly resolvedSha256: string
  /** As it was given; `null` when the entry point is found from the Compose file. */
  readonly url: string | null
  readonly keys: LabelKeys
  /** Containers that it runs without. */
  readonly without: readonly string[]
  /** The failing trial's. Its strikes are what is shrunk. */
  readonly plan: TrialPlan
  /** Valid trials in which a part must not fail to be taken as passing. */
  readonly trials: number
}

export const {
  isIn: isShrinkFolder,
  write: writeShrinkRecord,
  read: readShrinkRecord,
} = recordFile<ShrinkRecord>('shrink.json', 'a search for the smallest part')

import { recordFile } from '../results/record-file.ts'
import type { ComparedTrial } from './likeness.ts'

/** `replay.json`: what a run is a replay of, and all of that which it is compared with; written before its first trial. */
export interface ReplayRecord {
  readonly schema: 1
  /** The stored run's folder. */
  readonly of: string
  readonly stored: readonly NamedTrial[]
  /** How many valid trials are wanted. */
  readonly trials: number
}

export interface NamedTrial extends ComparedTrial {
  readonly name: string
}

export const {
  isIn: isReplayFolder,
  write: writeReplayRecord,
  read: readReplayRecord,
} = recordFile<ReplayRecord>('replay.json', 'a replay')

import type { Sampling } from '../comparison/observations.ts'
import { recordFile } from '../results/record-file.ts'

/** `gate.json`: what the trials of the two sides do not say by themselves; written before the first of them. */
export interface GateRecord {
  readonly schema: 1
  readonly experiment: string
  readonly system: string
  readonly seed: number
  /** Valid trials of each side for the first stage. */
  readonly trials: number
  readonly slos: readonly string[]
  readonly sampling: Sampling
  readonly baseline: string
  readonly calibration: { readonly status: 'pass' | 'fail' | 'invalid'; readonly reasons: readonly string[] }
}

export const {
  isIn: isGateFolder,
  write: writeGateRecord,
  read: readGateRecord,
} = recordFile<GateRecord>('gate.json', 'a gate')

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sampling } from '../comparison/observations.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { writeFailure } from '../history/write-failure.ts'

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

const NAME = 'gate.json'

export function isGateFolder(folder: string): boolean {
  return existsSync(join(folder, NAME))
}

export async function writeGateRecord(folder: string, record: GateRecord): Promise<void> {
  const path = join(folder, NAME)
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

/** Errors: RESULTS_UNREADABLE. */
export async function readGateRecord(folder: string): Promise<GateRecord> {
  try {
    return JSON.parse(await readFile(join(folder, NAME), 'utf8')) as GateRecord
  } catch (error) {
    const what = `${folder} has no readable ${NAME}: ${messageOf(error)}`
    throw new ZonefallError('RESULTS_UNREADABLE', what, { cause: error })
  }
}

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { writeFailure } from '../history/write-failure.ts'
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

const NAME = 'replay.json'

export function isReplayFolder(folder: string): boolean {
  return existsSync(join(folder, NAME))
}

export async function writeReplayRecord(folder: string, record: ReplayRecord): Promise<void> {
  const path = join(folder, NAME)
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

/** Errors: RESULTS_UNREADABLE. */
export async function readReplayRecord(folder: string): Promise<ReplayRecord> {
  try {
    return JSON.parse(await readFile(join(folder, NAME), 'utf8')) as ReplayRecord
  } catch (error) {
    const what = `${folder} has no readable ${NAME}: ${messageOf(error)}`
    throw new ZonefallError('RESULTS_UNREADABLE', what, { cause: error })
  }
}

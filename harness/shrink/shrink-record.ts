import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { writeFailure } from '../history/write-failure.ts'
import type { LabelKeys } from '../plan/members.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'

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

const NAME = 'shrink.json'

export function isShrinkFolder(folder: string): boolean {
  return existsSync(join(folder, NAME))
}

export async function writeShrinkRecord(folder: string, record: ShrinkRecord): Promise<void> {
  const path = join(folder, NAME)
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

/** Errors: RESULTS_UNREADABLE. */
export async function readShrinkRecord(folder: string): Promise<ShrinkRecord> {
  try {
    return JSON.parse(await readFile(join(folder, NAME), 'utf8')) as ShrinkRecord
  } catch (error) {
    const what = `${folder} has no readable ${NAME}: ${messageOf(error)}`
    throw new ZonefallError('RESULTS_UNREADABLE', what, {
      cause: error,
      advice: 'Give the folder of a search, such as results/latest.',
    })
  }
}

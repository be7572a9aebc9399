import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import type { Timing } from '../experiment/experiment.ts'
import { writeFailure } from '../history/write-failure.ts'
import type { LabelKeys } from '../plan/members.ts'
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

const NAME = 'audit.json'

export function isAuditFolder(folder: string): boolean {
  return existsSync(join(folder, NAME))
}

export async function writeAuditRecord(folder: string, record: AuditRecord): Promise<void> {
  const path = join(folder, NAME)
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

/** Errors: RESULTS_UNREADABLE. */
export async function readAuditRecord(folder: string): Promise<AuditRecord> {
  try {
    return JSON.parse(await readFile(join(folder, NAME), 'utf8')) as AuditRecord
  } catch (error) {
    const what = `${folder} has no readable ${NAME}: ${messageOf(error)}`
    throw new ZonefallError('RESULTS_UNREADABLE', what, {
      cause: error,
      advice: 'Give the folder of an audit, such as results/latest.',
    })
  }
}

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { writeFailure } from '../history/write-failure.ts'

/** The file that holds what was decided before a command's first trial, and by which its folders are known. */
export interface RecordFile<Record> {
  isIn(folder: string): boolean
  write(folder: string, record: Record): Promise<void>
  /** Errors: RESULTS_UNREADABLE. */
  read(folder: string): Promise<Record>
}

/** `of`: whose folder it is, in words: `an audit`. */
export function recordFile<Record>(name: string, of: string): RecordFile<Record> {
  return {
    isIn: folder => existsSync(join(folder, name)),
    async write(folder, record) {
      const path = join(folder, name)
      await writeFile(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
        throw writeFailure(path, error)
      })
    },
    async read(folder) {
      try {
        return JSON.parse(await readFile(join(folder, name), 'utf8')) as Record
      } catch (error) {
        throw new ZonefallError(
          'RESULTS_UNREADABLE',
          `${folder} has no readable ${name}: ${messageOf(error)}`,
          {
            cause: error,
            advice: `Give the folder of ${of}, such as results/latest.`,
          },
        )
      }
    },
  }
}

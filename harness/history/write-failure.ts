import { type FileHandle, open } from 'node:fs/promises'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Why a part of the history could not be written: DISK_FULL or RESULTS_UNWRITABLE. */
export function writeFailure(path: string, error: unknown): ZonefallError {
  const { code } = error as NodeJS.ErrnoException
  return NO_SPACE.has(code ?? '')
    ? new ZonefallError('DISK_FULL', `No space left for ${path}.`, { cause: error })
    : new ZonefallError('RESULTS_UNWRITABLE', `Cannot write ${path}: ${messageOf(error)}.`, { cause: error })
}

/** A file that was not there before. Errors: EEXIST as it is, since that is a defect; DISK_FULL, RESULTS_UNWRITABLE. */
export function createForWriting(path: string): Promise<FileHandle> {
  return open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? error : writeFailure(path, error)
  })
}

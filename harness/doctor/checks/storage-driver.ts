import { engineCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

/** Those that copy files instead of sharing them, or were given up. */
const SLOW: Readonly<Record<string, string>> = {
  vfs: 'it copies the whole image for each container',
  devicemapper: 'it is slow and no longer maintained',
  aufs: 'it is slow and no longer maintained',
}

export const storageDriver = engineCheck('storage driver', async ({ api }) =>
  judgeStorageDriver(api.facts.storageDriver),
)

export function judgeStorageDriver(driver: string): Finding {
  const why = SLOW[driver]
  if (why === undefined) return fine(driver)
  return limited(
    `${driver}: ${why}, so that starts take long and disks fill`,
    'Systems and replacements come up late; overlay2 would be quick.',
  )
}

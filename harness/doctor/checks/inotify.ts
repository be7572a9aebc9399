import { toolboxCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

/** The kernel's own default. Every service that watches a file takes one, of a limit that all of a user's share. */
const ENOUGH = 128

export const inotify = toolboxCheck('inotify', async ({ trials }) =>
  judgeInotify((await trials.resources()).inotifyInstances),
)

export function judgeInotify(instances: number): Finding {
  const what = `${instances} instances a user on the engine’s side`
  if (instances >= ENOUGH) return fine(what)
  return limited(
    `${what}: services that watch files may not start`,
    'Raise it there: sysctl fs.inotify.max_user_instances=512. The reference system needs none.',
  )
}

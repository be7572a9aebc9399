import { toolboxCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

export const diskThrottle = toolboxCheck('disk throttle', async ({ trials }) =>
  judgeDiskThrottle((await trials.resources()).diskThrottleFiles),
)

/** `files`: how many there are in a container's own cgroup by which its disks could be limited. */
export function judgeDiskThrottle(files: number): Finding {
  if (files > 0) return fine('the rate at which a container uses its disks can be limited')
  return limited(
    'containers have no cgroup by which the kernel would limit their disks',
    'The fault `slow-disk` cannot be made.',
  )
}

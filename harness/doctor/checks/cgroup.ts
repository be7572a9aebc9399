import type { EngineFacts } from '../../docker/diagnosis.ts'
import { engineCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

export const cgroup = engineCheck('cgroup', async ({ api }) => judgeCgroup(api.facts))

type CgroupFacts = Pick<EngineFacts, 'cgroupVersion' | 'cgroupDriver' | 'unlimitable'>

/** The engine itself applies limits, so that the version alone takes nothing away; what it cannot limit does. */
export function judgeCgroup({ cgroupVersion, cgroupDriver, unlimitable }: CgroupFacts): Finding {
  const what = `version ${cgroupVersion}, driver ${cgroupDriver}`
  if (unlimitable.length > 0) {
    return limited(
      `${what}; the engine cannot limit ${unlimitable.join(', ')}`,
      'Containers run without these limits, and faults that set one have no effect: their trials are invalid.',
    )
  }
  if (cgroupDriver === 'none') {
    return limited(
      `${what}: limits of containers are not applied`,
      'Faults that set a limit have no effect: their trials are invalid. A rootless engine needs cgroup version 2.',
    )
  }
  return fine(`${what}; memory, CPU and processes can be limited`)
}

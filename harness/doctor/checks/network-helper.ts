import { toolboxCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'
import type { Attempt } from '../network-script.ts'

export const networkHelper = toolboxCheck('network helper', async ({ trials }) => {
  const { attempts, seenByTarget } = await trials.network()
  return judgeNetworkHelper(attempts.get('admin'), seenByTarget)
})

export function judgeNetworkHelper(attempt: Attempt | undefined, seenByTarget: 'yes' | 'no'): Finding {
  const how = '`--network container:` with NET_ADMIN alone'
  const instead = 'Faults on the network cannot be made; kill, crash and the like can.'
  if (attempt === undefined) return limited(`${how}: the helper did not run`, instead)
  if (attempt.exitCode !== 0)
    return limited(`${how}: ${attempt.said || `exit code ${attempt.exitCode}`}`, instead)
  if (seenByTarget === 'no')
    return limited(`${how}: what the helper changed was not seen by its target`, instead)
  return fine(`${how} changes the network of its target`)
}

import { findLeftovers, type Leftover } from '../../undo/leftovers.ts'
import { describeUndo } from '../../undo/undo-entry.ts'
import type { Check } from '../check.ts'
import { broken, type Finding, fine } from '../finding.ts'

export const leftovers: Check = {
  name: 'leftovers',
  pace: 'together',
  run: async ({ state }) => judgeLeftovers(await findLeftovers(state)),
}

export function judgeLeftovers(found: readonly Pick<Leftover, 'project' | 'journal' | 'entries'>[]): Finding {
  if (found.length === 0) return fine('none of earlier runs')
  const what = found.map(
    ({ project, entries }) =>
      `${project}: ${entries.map(describeUndo).join('; ') || 'nothing but its journal'}`,
  )
  return broken(`Runs that died have left things to undo (${what.join(' · ')}).`, 'Run `zonefall cleanup`.')
}

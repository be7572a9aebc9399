import { engineCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

export const clockSkew = engineCheck('clock skew', async ({ api }) => judgeClockSkew(api.facts.architecture))

/** What is done to a process for it is machine code. */
export function judgeClockSkew(architecture: string): Finding {
  if (architecture === 'x86_64') return fine('processes of containers can be given another time of day')
  return limited(
    `The engine runs on ${architecture}; a clock can be skewed on x86_64 only.`,
    'The fault `clock-skew` cannot be made.',
  )
}

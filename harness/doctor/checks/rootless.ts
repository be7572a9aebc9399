import { engineCheck } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

export const rootless = engineCheck('rootless', async ({ api }) => judgeRootless(api.facts.securityOptions))

export function judgeRootless(securityOptions: readonly string[]): Finding {
  const names = securityOptions.map(option => /(?:^|,)name=([^,]+)/.exec(option)?.[1] ?? option)
  if (names.includes('rootless')) {
    return limited(
      'yes: published ports go through a proxy of the engine’s, and it cannot load kernel modules',
      'Latency includes that proxy; load modules such as sch_netem by hand, as root.',
    )
  }
  if (names.includes('userns')) {
    return limited(
      'no, but container users are mapped (userns-remap)',
      'Whether helpers may do what faults need is shown by the lines below.',
    )
  }
  return fine('no')
}

import { z } from 'zod'
import type { Fault } from './fault.ts'
import { HELPER_IMAGE } from './network/names.ts'
import { armThroughProxy } from './network/through-proxy.ts'

const parameters = z.strictObject({
  share: z.number().gt(0).max(1).default(1).describe('of the connections, open and new ones, 0 to 1'),
})

/** Open connections are reset at once, new ones as soon as something is asked on them; the target hears of none. */
export const reset: Fault<z.output<typeof parameters>> = {
  kind: 'reset',
  summary: 'connections to the target are reset, open ones at once, new ones when they ask',
  parameters,
  effect: ({ share }) => (share === 1 ? 'silence' : 'impaired'),
  tells: [],
  occupies: 'network',
  needs: `the image ${HELPER_IMAGE}, and iptables REDIRECT in the engine's kernel`,
  arm: (target, engine, { share }) => armThroughProxy(target, engine, { kind: 'reset', share }),
}

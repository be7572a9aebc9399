import { z } from 'zod'
import type { Fault } from './fault.ts'
import { HELPER_IMAGE } from './network/names.ts'
import { armThroughProxy } from './network/through-proxy.ts'

const parameters = z.strictObject({
  share: z.number().gt(0).max(1).default(1).describe('of the connections that are open then, 0 to 1'),
})

/**
 * The target's side of open connections is gone and the other side is told nothing, as after a power cut: what it
 * sends vanishes. New connections are served. When it is healed, the other side gets a reset.
 */
export const halfOpen: Fault<z.output<typeof parameters>> = {
  kind: 'half-open',
  summary: 'open connections to the target go dead without a word; new ones are served',
  parameters,
  effect: () => 'impaired',
  tells: [],
  occupies: 'network',
  needs: `the image ${HELPER_IMAGE}, and iptables REDIRECT in the engine's kernel`,
  arm: (target, engine, { share }) => armThroughProxy(target, engine, { kind: 'half-open', share }),
}

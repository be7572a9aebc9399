import { z } from 'zod'
import type { Fault } from './fault.ts'
import { HELPER_IMAGE } from './network/names.ts'
import { armThroughProxy } from './network/through-proxy.ts'

const parameters = z.strictObject({
  delayMs: z
    .number()
    .min(1)
    .max(600_000)
    .default(5000)
    .describe('how much later the end of a connection arrives'),
})

/** When the one side closes a connection, the other hears of it only so much later; what was sent before is not late. */
export const slowClose: Fault<z.output<typeof parameters>> = {
  kind: 'slow-close',
  summary: 'the end of a connection arrives late, on either side',
  parameters,
  effect: () => 'none-in-traffic',
  tells: [],
  occupies: 'network',
  needs: `the image ${HELPER_IMAGE}, and iptables REDIRECT in the engine's kernel`,
  arm: (target, engine, { delayMs }) => armThroughProxy(target, engine, { kind: 'slow-close', delayMs }),
}

import { z } from 'zod'
import type { Fault } from './fault.ts'
import { addressesOf, othersSchema } from './network/addresses.ts'
import { armInNamespace } from './network/arm-in-namespace.ts'
import { cutScript } from './network/cut-script.ts'
import { CHAIN_IN, CHAIN_OUT, HELPER_IMAGE } from './network/names.ts'
import { scriptProgram } from './network/script-program.ts'

const parameters = z.strictObject({
  from: othersSchema
    .optional()
    .describe('only from these containers: tier, zone, service, name; without it, from everything'),
  direction: z
    .enum(['both', 'in', 'out'])
    .default('both')
    .describe('what is lost: all, what arrives at the target, or what it sends'),
  how: z
    .enum(['drop', 'reject'])
    .default('drop')
    .describe('drop: nothing comes back, a black hole; reject: a reset or an ICMP error comes back'),
})

/**
 * The target is cut off, from everything or from some, open connections included: iptables rules in its own
 * network namespace. What it says to itself still works, and so does the engine's name service, which is reached
 * that way; so its own health check may go on saying that all is well.
 */
export const cut: Fault<z.output<typeof parameters>> = {
  kind: 'cut',
  summary: 'the network between the target and others is cut, as a black hole or as a refusal',
  parameters,
  effect: ({ from }) => (from === undefined ? 'silence' : 'impaired'),
  tells: [],
  occupies: 'network',
  needs: `the image ${HELPER_IMAGE}, and iptables in the engine's kernel`,
  async arm(target, engine, { from, direction, how }) {
    const addresses = from === undefined ? 'everything' : await addressesOf(from, target, engine)
    const chains = [...(direction === 'out' ? [] : [CHAIN_IN]), ...(direction === 'in' ? [] : [CHAIN_OUT])]
    const fromWhat = addresses === 'everything' ? 'everything' : addresses.join(' and ')
    return armInNamespace(target, engine, {
      program: scriptProgram(cutScript({ addresses, direction, how })),
      inject: 'inject',
      tookHold: shown => ({
        ok: chains.every(chain => new RegExp(`-A (INPUT|OUTPUT) -j ${chain}$`, 'm').test(shown)),
        detail: `iptables has ${shown.match(/-j (DROP|REJECT)/g)?.length ?? 0} rules of ours: cut from ${fromWhat}, ${direction}, ${how}`,
      }),
      isHealed: shown => ({ ok: shown === '', detail: shown || 'no rule of ours' }),
    })
  },
}

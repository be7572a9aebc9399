import { isIPv4 } from 'node:net'
import { z } from 'zod'
import { DNS_NEEDS, NAMES } from './dns-names.ts'
import type { Fault } from './fault.ts'
import { addressesOf, othersSchema } from './network/addresses.ts'
import { armThroughDns } from './network/through-dns.ts'

/** RFC 5737: nobody has them. */
const DOCUMENTATION = /^(192\.0\.2|198\.51\.100|203\.0\.113)\./

/** Not every client takes an answer of more than 512 bytes by UDP. */
const MOST_ADDRESSES = 16

const parameters = z.strictObject({
  address: z
    .string()
    .refine(text => isIPv4(text) && DOCUMENTATION.test(text), {
      message: 'must be where nobody is: 192.0.2.x, 198.51.100.x or 203.0.113.x. For a container, say `to`',
    })
    .default('192.0.2.1')
    .describe('what is answered; nobody is there, and what the target sends there stays in its network'),
  to: othersSchema
    .optional()
    .describe('the addresses of these containers are answered instead: tier, zone, service, name'),
  names: NAMES,
})

/** The answer may be kept for 0 s. Only addresses are wrong: for IPv6 there is none, other questions are passed on. */
export const dnsWrongAnswer: Fault<z.output<typeof parameters>> = {
  kind: 'dns-wrong-answer',
  summary: 'what the target looks up in the DNS has another’s address, or one where nobody is',
  parameters,
  effect: () => 'none-in-traffic',
  tells: [],
  occupies: 'network',
  needs: DNS_NEEDS,
  async arm(target, engine, { address, to, names }) {
    if (to === undefined) {
      const manner = { kind: 'dns-wrong-answer', names, addresses: [address] } as const
      return armThroughDns(target, engine, manner, [address])
    }
    const addresses = (await addressesOf(to, target, engine)).filter(isIPv4).slice(0, MOST_ADDRESSES)
    if (addresses.length === 0) throw new Error('the containers that `to` names have no IPv4 address')
    return armThroughDns(target, engine, { kind: 'dns-wrong-answer', names, addresses })
  },
}

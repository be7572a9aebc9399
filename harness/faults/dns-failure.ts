import { z } from 'zod'
import { DNS_NEEDS, NAMES } from './dns-names.ts'
import type { Fault } from './fault.ts'
import { armThroughDns } from './network/through-dns.ts'

const parameters = z.strictObject({
  answer: z
    .enum(['SERVFAIL', 'NXDOMAIN', 'none'])
    .default('SERVFAIL')
    .describe('what a lookup gets: a failure, the word that there is no such name, or nothing at all'),
  names: NAMES,
})

/** What the target has looked up already, and the connections that it has, stay: those who ask no more notice nothing. */
export const dnsFailure: Fault<z.output<typeof parameters>> = {
  kind: 'dns-failure',
  summary: 'what the target looks up in the DNS fails',
  parameters,
  effect: () => 'none-in-traffic',
  tells: [],
  occupies: 'network',
  needs: DNS_NEEDS,
  arm: (target, engine, { answer, names }) =>
    armThroughDns(target, engine, { kind: 'dns-failure', answer, names }),
}

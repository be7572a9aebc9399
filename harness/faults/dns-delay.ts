import { z } from 'zod'
import { DNS_NEEDS, NAMES } from './dns-names.ts'
import type { Fault } from './fault.ts'
import { armThroughDns } from './network/through-dns.ts'

const parameters = z.strictObject({
  delayMs: z.int().min(1).max(60_000).default(1000).describe('how much later a lookup is answered'),
  names: NAMES,
})

/** The name server hears of a lookup only so much later. */
export const dnsDelay: Fault<z.output<typeof parameters>> = {
  kind: 'dns-delay',
  summary: 'what the target looks up in the DNS is answered late',
  parameters,
  effect: () => 'none-in-traffic',
  tells: [],
  occupies: 'network',
  needs: DNS_NEEDS,
  arm: (target, engine, { delayMs, names }) =>
    armThroughDns(target, engine, { kind: 'dns-delay', delayMs, names }),
}

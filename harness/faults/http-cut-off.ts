import { z } from 'zod'
import type { Fault } from './fault.ts'
import { HTTP_NEEDS, WHICH } from './http-requests.ts'
import { armThroughProxy } from './network/through-proxy.ts'

const parameters = z.strictObject({
  keepBytes: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(1)
    .describe('how much of a body arrives; of a shorter one, all but the last byte'),
  ...WHICH,
})

/** The head of an answer arrives, a part of its body, and the end of the connection. One without a body passes unharmed. */
export const httpCutOff: Fault<z.output<typeof parameters>> = {
  kind: 'http-cut-off',
  summary: 'the bodies of the target’s answers are cut short',
  parameters,
  effect: () => 'impaired',
  tells: [],
  occupies: 'network',
  needs: HTTP_NEEDS,
  arm: (target, engine, { keepBytes, ...which }) =>
    armThroughProxy(target, engine, { kind: 'http-cut-off', keepBytes, which }),
}

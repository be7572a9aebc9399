import { z } from 'zod'
import type { Fault } from './fault.ts'
import { HTTP_NEEDS, ifAll, WHICH } from './http-requests.ts'
import { armThroughProxy } from './network/through-proxy.ts'

const parameters = z.strictObject({
  delayMs: z.int().min(1).max(60_000).default(1000).describe('how much later an answer arrives'),
  ...WHICH,
})

/** The target is asked at once, and its answer held back; answers that come after it on its connection wait for it. */
export const httpDelay: Fault<z.output<typeof parameters>> = {
  kind: 'http-delay',
  summary: 'answers of the target to requests arrive later',
  parameters,
  effect: ({ delayMs, ...which }) => ifAll(which, { slowerByMs: delayMs }),
  tells: [],
  occupies: 'network',
  needs: HTTP_NEEDS,
  arm: (target, engine, { delayMs, ...which }) =>
    armThroughProxy(target, engine, { kind: 'http-delay', delayMs, which }),
}

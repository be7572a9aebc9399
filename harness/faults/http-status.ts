import { z } from 'zod'
import type { Fault } from './fault.ts'
import { HTTP_NEEDS, ifAll, WHICH } from './http-requests.ts'
import { armThroughProxy } from './network/through-proxy.ts'

const parameters = z.strictObject({
  status: z.int().min(400).max(599).default(503).describe('which status the answers have'),
  ...WHICH,
})

/** Requests are answered in the target's place, on connections that stay open; the target hears nothing of them. */
export const httpStatus: Fault<z.output<typeof parameters>> = {
  kind: 'http-status',
  summary: 'requests to the target are answered with an error status',
  parameters,
  effect: which => ifAll(which, 'silence'),
  tells: [],
  occupies: 'network',
  needs: HTTP_NEEDS,
  arm: (target, engine, { status, ...which }) =>
    armThroughProxy(target, engine, { kind: 'http-status', status, which }),
}

import { z } from 'zod'
import type { FaultEffect } from './fault.ts'
import { HELPER_IMAGE } from './network/names.ts'

const PATH = z
  .string()
  .regex(/^(\/|\*)[!-~]*$/, 'must begin with / or *, as in /api or /api/*.json, without spaces')

/** What every fault of HTTP is told: which of the requests to the target it is for. */
export const WHICH = {
  share: z.number().gt(0).max(1).default(1).describe('of those requests, each drawn anew, 0 to 1'),
  path: PATH.default('/').describe(
    'which requests: this path and what lies below it; with a *, which stands for anything, the whole path',
  ),
  except: PATH.optional().describe('which of those are spared, said as `path` is: /readyz, say'),
  method: z
    .enum(['any', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    .default('any')
    .describe('which requests'),
}

interface Which {
  readonly share: number
  readonly path: string
  readonly except?: string | undefined
  readonly method: string
}

/** An effect that is certain when every request is meant; if only some are, it must still be seen by somebody. */
export function ifAll(which: Which, effect: FaultEffect): FaultEffect {
  const isAll =
    which.share === 1 &&
    ['/', '*'].includes(which.path) &&
    which.except === undefined &&
    which.method === 'any'
  return isAll ? effect : 'impaired'
}

export const HTTP_NEEDS = `the image ${HELPER_IMAGE}, iptables REDIRECT in the engine's kernel, and a target that speaks HTTP/1 without TLS`

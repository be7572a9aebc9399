import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armInNamespace } from './network/arm-in-namespace.ts'
import { HELPER_IMAGE } from './network/names.ts'
import { bandwidthScript } from './network/qdisc-script.ts'
import { scriptProgram } from './network/script-program.ts'

const parameters = z.strictObject({
  kilobitsPerSecond: z
    .number()
    .int()
    .min(8)
    .max(10_000_000)
    .default(256)
    .describe('what the target can send, on each of its networks'),
})

/** What the target sends goes out at this rate and no faster; what waits too long for that is dropped. */
export const bandwidth: Fault<z.output<typeof parameters>> = {
  kind: 'bandwidth',
  summary: 'what the target sends goes out at a low rate',
  parameters,
  effect: () => 'impaired',
  tells: [],
  occupies: 'network',
  needs: `the image ${HELPER_IMAGE}, and tbf in the engine's kernel`,
  async arm(target, engine, { kilobitsPerSecond }) {
    return armInNamespace(target, engine, {
      program: scriptProgram(bandwidthScript(kilobitsPerSecond)),
      inject: 'inject',
      tookHold: shown => ({
        ok: /qdisc tbf /.test(shown),
        detail: `by tbf: ${/rate \S+/.exec(shown)?.[0] ?? 'not there'}`,
      }),
      isHealed: shown => ({ ok: shown === '', detail: shown || 'no queue of ours' }),
    })
  },
}

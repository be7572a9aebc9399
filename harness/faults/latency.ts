import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armInNamespace } from './network/arm-in-namespace.ts'
import { hasNetem } from './network/has-netem.ts'
import { listeningPorts } from './network/listening-ports.ts'
import { HELPER_IMAGE } from './network/names.ts'
import { netemDelayScript } from './network/qdisc-script.ts'
import { scriptProgram } from './network/script-program.ts'
import { armThroughProxy } from './network/through-proxy.ts'

const parameters = z
  .strictObject({
    delayMs: z.number().min(1).max(60_000).default(100).describe('how much later what it answers arrives'),
    jitterMs: z
      .number()
      .min(0)
      .max(60_000)
      .default(0)
      .describe('drawn anew each time, up to so much more or less'),
  })
  .refine(({ delayMs, jitterMs }) => jitterMs < delayMs, {
    path: ['jitterMs'],
    message: 'must be less than delayMs',
  })

/**
 * What the target sends over connections that others opened to it comes later: an answer on an open connection by
 * the delay, one on a new connection by twice the delay, since that is answered for itself before.
 */
export const latency: Fault<z.output<typeof parameters>> = {
  kind: 'latency',
  summary: 'what the target answers arrives later',
  parameters,
  effect: ({ delayMs, jitterMs }) => ({ slowerByMs: delayMs - jitterMs }),
  tells: [],
  occupies: 'network',
  needs: `the image ${HELPER_IMAGE}, and netem in the engine's kernel`,
  fallsBackTo:
    'a TCP proxy in the target’s namespace, by iptables REDIRECT: the target sees its own address as its client’s',
  async arm(target, engine, { delayMs, jitterMs }) {
    if ((await hasNetem(engine, target)) === 'none')
      return armThroughProxy(target, engine, { kind: 'latency', delayMs, jitterMs })
    const ports = await listeningPorts(engine, target)
    return armInNamespace(target, engine, {
      program: scriptProgram(netemDelayScript({ delayMs, jitterMs }, ports)),
      inject: 'inject',
      tookHold: shown => ({
        ok: /qdisc prio /.test(shown),
        detail: `latency by netem on what port ${ports.join(' and ')} sends`,
      }),
      isHealed: shown => ({ ok: shown === '', detail: shown || 'no queue of ours' }),
    })
  },
}

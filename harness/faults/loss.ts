import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armInNamespace } from './network/arm-in-namespace.ts'
import { hasNetem } from './network/has-netem.ts'
import { HELPER_IMAGE } from './network/names.ts'
import { netemLossScript } from './network/qdisc-script.ts'
import { scriptProgram } from './network/script-program.ts'
import { statisticLossScript } from './network/statistic-loss-script.ts'

const parameters = z.strictObject({
  percent: z.number().min(0.1).max(100).default(30).describe('of the packets that the target sends'),
})

/** Each packet that the target sends is lost with the same probability. */
export const loss: Fault<z.output<typeof parameters>> = {
  kind: 'loss',
  summary: 'a share of the packets that the target sends is lost',
  parameters,
  effect: ({ percent }) => (percent === 100 ? 'silence' : 'impaired'),
  tells: [],
  occupies: 'network',
  needs: `the image ${HELPER_IMAGE}, and netem in the engine's kernel`,
  fallsBackTo: 'the statistic match of iptables, which drops them before they get to a device',
  async arm(target, engine, { percent }) {
    const netem = (await hasNetem(engine, target)) === 'netem'
    const mark = netem ? /netem .*loss/ : /-m statistic .*-j DROP/
    return armInNamespace(target, engine, {
      program: scriptProgram(netem ? netemLossScript(percent) : statisticLossScript(percent)),
      inject: 'inject',
      tookHold: shown => ({
        ok: mark.test(shown),
        detail: `${percent} % of what it sends is lost, by ${netem ? 'netem' : 'the statistic match of iptables'}`,
      }),
      isHealed: shown => ({ ok: shown === '', detail: shown || 'no rule of ours' }),
    })
  },
}

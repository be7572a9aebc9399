import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armAt } from './resources/arm-at.ts'
import { CLOCK } from './resources/heal-elsewhere.ts'
import { HELPER_IMAGE } from './resources/perl-program.ts'

const TEN_YEARS = 315_360_000

const parameters = z.strictObject({
  seconds: z
    .number()
    .int()
    .min(-TEN_YEARS)
    .max(TEN_YEARS)
    .refine(seconds => seconds !== 0, 'must not be 0')
    .default(3600)
    .describe('by which the target’s clock is ahead, or behind if below 0'),
})

/**
 * The target's processes read another wall clock: the code by which they ask for it, which the kernel maps into each, is
 * changed in their own memory (see resources/clock.pl). No other process sees it, and nothing is restarted. What is started
 * during the fault, and programs that ask the kernel itself, have the true time.
 */
export const clockSkew: Fault<z.output<typeof parameters>> = {
  kind: 'clock-skew',
  summary: 'the target’s processes see another time of day',
  parameters,
  effect: () => 'none-in-traffic',
  tells: [],
  occupies: 'freezer', // its processes must run, to be changed
  needs: `an engine on x86-64, --pid=host with SYS_PTRACE, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { seconds }) {
    const { id, name, project } = target
    return armAt(target, engine, {
      program: CLOCK,
      begin: 'begin',
      inject: `inject ${seconds}`,
      undo: () => ({ heal: 'heal', entry: { kind: 'true-clock', id, name, project } }),
      tookHold(shown) {
        const skewed = shown.split(' ').filter(process => process.endsWith(`:${seconds}`))
        return { ok: skewed.length > 0, detail: `${skewed.length} processes are ${inWords(seconds)}` }
      },
      isHealed: shown => ({ ok: shown === '', detail: `processes with a skewed clock: ${shown}` }),
    })
  },
}

function inWords(seconds: number): string {
  return `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`
}

import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armAt } from './resources/arm-at.ts'
import { HELPER_IMAGE } from './resources/perl-program.ts'

const parameters = z.strictObject({
  share: z
    .number()
    .gt(0)
    .max(0.98)
    .default(0.9)
    .describe('of the target’s memory limit, held by it and by the helper together'),
})

const MEBIBYTE = 1024 * 1024

/**
 * A helper joins the target's memory cgroup and holds what is missing to the share. What the target then needs beyond
 * the rest makes the kernel take back caches first and, if that is not enough, kill the helper's process, never the target's.
 */
export const memoryPressure: Fault<z.output<typeof parameters>> = {
  kind: 'memory-pressure',
  summary: 'most of the memory that the target’s limit allows is taken; nothing of it is killed',
  parameters,
  effect: () => 'none-in-traffic',
  tells: ['oom'], // the helper's process, if the target needs its memory
  needs: `a target with a memory limit, --pid=host, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { share }) {
    return armAt(target, engine, {
      program: { name: 'memory-pressure', capabilities: ['SYS_PTRACE'] },
      begin: `begin ${share}`,
      inject: `inject ${share}`,
      tookHold(shown) {
        const { state, held, limit } = read(shown)
        const detail = `${inMebibytes(held)} of ${inMebibytes(limit)} MiB held`
        return {
          ok: state === 'held',
          detail: state === 'lost' ? `${detail}; the kernel took it back` : detail,
        }
      },
      isHealed(shown) {
        const { state, held, limit } = read(shown)
        return { ok: state === 'none', detail: `${inMebibytes(held)} of ${inMebibytes(limit)} MiB held` }
      },
    })
  },
}

function read(shown: string): { state: string; held: number; limit: number } {
  const [state = '', held, limit] = shown.split(' ')
  return { state, held: Number(held), limit: Number(limit) }
}

function inMebibytes(bytes: number): number {
  return Math.round(bytes / MEBIBYTE)
}

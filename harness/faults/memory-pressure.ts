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
 * the rest makes the kernel take back caches first and, if that is not enough, kill the helper's processes one by one.
 */
export const memoryPressure: Fault<z.output<typeof parameters>> = {
  kind: 'memory-pressure',
  summary: 'most of the memory that the target’s limit allows is taken; nothing of it is killed',
  parameters,
  effect: () => 'none-in-traffic',
  tells: ['oom'], // of the helper's processes, if the target needs its memory
  needs: `a target with a memory limit, --pid=host, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { share }) {
    return armAt(target, engine, {
      program: { name: 'memory-pressure', capabilities: ['SYS_PTRACE'] },
      begin: `begin ${share}`,
      inject: `inject ${share}`,
      tookHold(shown) {
        const { parts, ready, there } = read(shown)
        return { ok: ready === parts && there > 0, detail: inWords(shown) }
      },
      isHealed: shown => ({ ok: read(shown).there === 0, detail: inWords(shown) }),
    })
  },
}

interface Shown {
  /** Processes that hold a part each: that were started, that said that they have it, that are there still. */
  readonly parts: number
  readonly ready: number
  readonly there: number
  readonly held: number
  readonly limit: number
}

function read(shown: string): Shown {
  const [parts = 0, ready = 0, there = 0, held = 0, limit = 0] = shown.split(' ').map(Number)
  return { parts, ready, there, held, limit }
}

function inWords(shown: string): string {
  const { parts, there, held, limit } = read(shown)
  const [has, may] = [held, limit].map(bytes => Math.round(bytes / MEBIBYTE))
  const back = there < parts ? `; the kernel took ${parts - there} of the helper’s ${parts} parts back` : ''
  return `${has} of ${may} MiB held${back}`
}

import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armAt } from './resources/arm-at.ts'
import { HELPER_IMAGE } from './resources/perl-program.ts'

const parameters = z.strictObject({
  workers: z
    .number()
    .int()
    .min(1)
    .max(24)
    .optional()
    .describe('that use a CPU each, if they get it; default as many as the engine has CPUs'),
})

/** A helper's workers join the target's cgroup and use the CPU: what they get, by limit or by share, is not the target's. */
export const cpuBurn: Fault<z.output<typeof parameters>> = {
  kind: 'cpu-burn',
  summary: 'workers use the CPU time that the target’s cgroup may have',
  parameters,
  effect: () => 'impaired',
  tells: [],
  needs: `--pid=host, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { workers = Math.min(engine.info.cpus, 24) }) {
    return armAt(target, engine, {
      program: { name: 'cpu-burn', capabilities: ['SYS_PTRACE'] },
      begin: 'begin',
      inject: `inject ${workers}`,
      tookHold(shown) {
        const { inside, ticks } = read(shown)
        return {
          ok: inside === workers && ticks > 0,
          detail: `${inside} workers in its cgroup, ${ticks * 10} ms of CPU time used`,
        }
      },
      isHealed: shown => ({ ok: read(shown).inside === 0, detail: `${read(shown).inside} workers` }),
    })
  },
}

/** CPU time is counted in ticks of 10 ms, on every Linux that there is. */
function read(shown: string): { inside: number; ticks: number } {
  const [inside = 0, ticks = 0] = shown.split(' ').map(Number)
  return { inside, ticks }
}

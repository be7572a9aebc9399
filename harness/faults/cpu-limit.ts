import { z } from 'zod'
import { type CpuLimits, DEFAULT_PERIOD_US } from '../docker/cpu.ts'
import type { ArmedFault, Fault, Verification } from './fault.ts'
import { HELPER_IMAGE } from './resources/perl-program.ts'
import { askOnce, type ProgramSpec, standAt } from './resources/stand-at.ts'

const parameters = z.strictObject({
  cpus: z.number().min(0.01).max(1024).default(0.1).describe('how many CPUs’ time the target may use'),
})

const NANO = 1e9
const PROGRAM: ProgramSpec = { name: 'cpu-limit', capabilities: ['SYS_PTRACE'] }

/**
 * `docker update`: the kernel stops the target for the rest of each 100 ms once it has used its part of them. One that
 * needs no more than that does not notice. What the kernel holds it to is read back from its cgroup.
 */
export const cpuLimit: Fault<z.output<typeof parameters>> = {
  kind: 'cpu-limit',
  summary: 'the target gets no more than a part of a CPU',
  parameters,
  effect: () => 'impaired',
  tells: ['update'],
  occupies: 'cpu',
  needs: `an engine that can change CPU limits, --pid=host, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { cpus }): Promise<ArmedFault> {
    const { id, name } = target
    const limits = await engine.containers.cpuLimits(id)
    const had = cpusOf(limits)
    if (had <= cpus) throw new Error(`${name} is limited to ${had} CPUs already, and ${cpus} are no less`)
    const helper = await standAt(engine, target, PROGRAM)
    const giveBack = () => engine.containers.limitCpu(id, limits)
    const show = () => helper.ask('show').catch(() => askOnce(engine, target, PROGRAM, 'show'))
    return {
      undo: [
        { kind: 'remove-container', id: helper.id, name: `the helper of ${name}` },
        { kind: 'limit-cpu', id, name, limits },
      ],
      inject: () => engine.containers.limitCpu(id, lowered(limits, cpus)),
      verify: async () => verified(await show(), cpus, 'not ok'),
      heal: giveBack,
      verifyHealed: async () => verified(await show(), had, 'ok'),
      disarm: () => helper.disarm(),
    }
  },
}

function cpusOf({ nanoCpus, quota, period }: CpuLimits): number {
  if (nanoCpus > 0) return nanoCpus / NANO
  return quota > 0 ? quota / (period || DEFAULT_PERIOD_US) : Number.POSITIVE_INFINITY
}

function lowered({ nanoCpus, period }: CpuLimits, cpus: number): CpuLimits {
  if (nanoCpus > 0) return { nanoCpus: Math.round(cpus * NANO), quota: 0, period: 0 }
  return { nanoCpus: 0, quota: Math.round(cpus * (period || DEFAULT_PERIOD_US)), period }
}

/** `shown` is quota and period in µs and a count of stops, or nothing if the target does not run: then its next start is what counts. */
function verified(shown: string, cpus: number, whenDown: 'ok' | 'not ok'): Verification {
  if (shown === '') return { ok: whenDown === 'ok', detail: 'it does not run' }
  const [quota, period, stops] = shown.split(' ')
  const held = quota === 'max' ? Number.POSITIVE_INFINITY : Number(quota) / Number(period)
  const detail =
    quota === 'max'
      ? 'the kernel limits no CPU time'
      : `the kernel gives it ${held} CPUs, and has stopped it ${stops} times for that so far`
  // A quota is in whole µs.
  return { ok: held === cpus || Math.abs(held - cpus) < 1e-3, detail }
}

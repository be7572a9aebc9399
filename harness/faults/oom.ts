import type { ArmedHelper } from '../docker/helper.ts'
import type { ArmedFault, Fault, FaultEngine, FaultTarget } from './fault.ts'
import { HELPER_EXPIRES_SECONDS, HELPER_IMAGE } from './network/names.ts'
import { noParameters } from './no-parameters.ts'
import { isRunning, readBack } from './read-back.ts'

const MEBIBYTE = 1024 * 1024
/**
 * Above what the target held when it was armed: it may hold more by now, and the kernel refuses a limit below that.
 * The first that it takes is the limit, and the helper takes the rest.
 */
const MARGINS_BYTES = [16, 32, 64, 128].map(count => count * MEBIBYTE)
const EATEN_BYTES = 192 * MEBIBYTE
/** The least that an engine takes for a limit. */
const LEAST_LIMIT_BYTES = 6 * MEBIBYTE

/**
 * The kernel kills the target for want of memory. Its limit is lowered to little more than it holds; that alone
 * kills nothing on cgroup v1, where a limit below what is held is refused. So a helper, whose cgroup lies within
 * the target's, takes the rest, after making the target's processes the first ones that the kernel chooses. On
 * cgroup v2 a limit below what is held does it. Either way the old limit is back before the fault returns, so
 * that a container which its policy restarts is not killed again.
 */
export const oom: Fault = {
  kind: 'oom',
  summary: 'the kernel kills the main process for want of memory; the restart policy acts',
  parameters: noParameters,
  effect: () => 'silence',
  tells: ['update', 'start'], // the limit and back; the restart policy
  needs:
    'an engine that can change memory limits; on cgroup v1 the cgroupfs driver, --pid=host and the image zonefall/toolbox:1',
  async arm(target, engine): Promise<ArmedFault> {
    const before = await engine.containers.inspect(target.id)
    const { limits, heldBytes } = await engine.containers.memory(target.id) // takes the engine up to a second
    const way = await wayFor(target, before.pid, heldBytes, engine)
    const giveBack = () => engine.containers.limitMemory(target.id, limits)
    return {
      undo: [
        ...(way.helper
          ? [{ kind: 'remove-container' as const, id: way.helper.id, name: `the helper of ${target.name}` }]
          : []),
        { kind: 'start-container', id: target.id, name: target.name },
        { kind: 'limit-memory', id: target.id, name: target.name, limits },
      ],
      inject: async () => {
        await firstThatSucceeds(way.limitsBytes, memory =>
          engine.containers.limitMemory(target.id, { memory, withSwap: memory }),
        )
        await way.helper?.fire()
        await giveBack()
      },
      verify: signal =>
        readBack(
          engine,
          target.id,
          now => ({
            ok:
              now.oomKilled && (now.restartCount > before.restartCount || now.finishedNs > before.finishedNs),
            detail: `${now.oomKilled ? 'OOMKilled' : 'not OOMKilled'}, RestartCount ${before.restartCount} → ${now.restartCount}, ${now.status}`,
          }),
          signal,
        ),
      heal: async () => {
        await giveBack()
        await engine.containers.start(target.id)
      },
      verifyHealed: signal => readBack(engine, target.id, isRunning, signal),
      disarm: async () => way.helper?.disarm(),
    }
  },
}

interface Way {
  /** What the limit is lowered to: the first of these that the kernel takes. */
  readonly limitsBytes: readonly number[]
  readonly helper?: ArmedHelper
}

async function wayFor(
  target: FaultTarget,
  pid: number,
  heldBytes: number,
  engine: FaultEngine,
): Promise<Way> {
  const { cgroupVersion, cgroupDriver } = engine.info
  if (cgroupVersion === '2') return { limitsBytes: [Math.max(LEAST_LIMIT_BYTES, Math.floor(heldBytes / 2))] }
  if (cgroupDriver !== 'cgroupfs')
    throw new Error(
      `with cgroup v1 and the ${cgroupDriver} driver no helper can share a target's memory limit`,
    )
  const helper = await engine.armHelper({
    project: target.project,
    image: HELPER_IMAGE,
    script: eatingScript(target.id, pid),
    capabilities: ['DAC_OVERRIDE'], // to write in /proc of another user's process
    pidMode: 'host',
    cgroupOf: target.id,
    memoryBytes: EATEN_BYTES + 64 * MEBIBYTE,
    expiresSeconds: HELPER_EXPIRES_SECONDS,
  })
  return { limitsBytes: MARGINS_BYTES.map(margin => heldBytes + margin), helper }
}

async function firstThatSucceeds<T>(
  candidates: readonly T[],
  attempt: (candidate: T) => Promise<void>,
): Promise<void> {
  let failure: unknown
  for (const candidate of candidates) {
    try {
      return await attempt(candidate)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** Makes the target's processes the first to go, then holds more and more until its main process is gone. */
function eatingScript(id: string, pid: number): string {
  return [
    `for cgroup in $(grep -ls '/${id}$' /proc/[0-9]*/cgroup); do echo 1000 > "\${cgroup%cgroup}oom_score_adj"; done`,
    `(head -c ${EATEN_BYTES} /dev/zero; sleep 5) | tail -c ${EATEN_BYTES} > /dev/null &`, // tail keeps it until the end
    `for i in $(seq 250); do [ -d /proc/${pid} ] || exit 0; sleep 0.02; done`,
    'echo the target lives on; exit 1',
  ].join('\n')
}

import type { ArmedHelper } from '../docker/helper.ts'
import type { ArmedFault, Fault, FaultEngine, FaultTarget } from './fault.ts'
import { HELPER_EXPIRES_SECONDS, HELPER_IMAGE } from './network/names.ts'
import { noParameters } from './no-parameters.ts'
import { isRunning, readBack } from './read-back.ts'

/**
 * The main process dies by SIGKILL without the engine being told to stop it, so that the restart policy
 * acts. The signal is sent by a helper in the engine's pid namespace with CAP_KILL alone; the harness
 * itself may run under another kernel.
 */
export const crash: Fault = {
  kind: 'crash',
  summary: 'SIGKILL of the main process behind the engine’s back; the restart policy acts',
  parameters: noParameters,
  effect: () => 'silence',
  tells: ['start'], // by the restart policy
  needs: `the image ${HELPER_IMAGE}, and an engine that allows --pid=host`,
  async arm(target, engine): Promise<ArmedFault> {
    const before = await engine.containers.inspect(target.id)
    const helper = await armKiller(target, before.pid, engine)
    return {
      undo: [
        { kind: 'remove-container', id: helper.id, name: `the helper of ${target.name}` },
        { kind: 'start-container', id: target.id, name: target.name },
      ],
      inject: async () => {
        const now = await engine.containers.inspect(target.id)
        if (now.pid !== before.pid) throw new Error(`${target.name} restarted by itself before the fault`)
        await helper.fire()
      },
      verify: signal =>
        readBack(
          engine,
          target.id,
          now =>
            now.restartCount > before.restartCount || now.finishedNs > before.finishedNs
              ? {
                  ok: true,
                  detail: `RestartCount ${before.restartCount} → ${now.restartCount}, ${now.status}`,
                }
              : { ok: false, detail: `RestartCount still ${now.restartCount}, ${now.status}` },
          signal,
        ),
      heal: () => engine.containers.start(target.id),
      verifyHealed: signal => readBack(engine, target.id, isRunning, signal),
      disarm: () => helper.disarm(),
    }
  },
}

function armKiller(target: FaultTarget, pid: number, engine: FaultEngine): Promise<ArmedHelper> {
  return engine.armHelper({
    project: target.project,
    image: HELPER_IMAGE,
    script: `kill -9 ${pid}`,
    capabilities: ['KILL'],
    pidMode: 'host',
    expiresSeconds: HELPER_EXPIRES_SECONDS,
  })
}

import type { ArmedFault, Fault } from './fault.ts'
import { noParameters } from './no-parameters.ts'
import { isRunning, isStopped, readBack } from './read-back.ts'

/**
 * `docker kill`: SIGKILL through the engine, which takes it as an order to stop, so that no restart
 * policy acts. The container stays down until it is started again, with its name and id, perhaps with
 * another address.
 */
export const kill: Fault = {
  kind: 'kill',
  summary: 'SIGKILL by the engine; the container stays down until it is healed',
  parameters: noParameters,
  effect: () => 'silence',
  tells: ['kill'],
  needs: 'nothing',
  async arm(target, engine): Promise<ArmedFault> {
    return {
      undo: [{ kind: 'start-container', id: target.id, name: target.name }],
      inject: () => engine.containers.kill(target.id),
      verify: signal => readBack(engine, target.id, isStopped, signal),
      heal: () => engine.containers.start(target.id),
      verifyHealed: signal => readBack(engine, target.id, isRunning, signal),
      disarm: async () => undefined,
    }
  },
}

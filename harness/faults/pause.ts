import type { ArmedFault, Fault } from './fault.ts'
import { noParameters } from './no-parameters.ts'
import { isRunning, readBack } from './read-back.ts'

/**
 * `docker pause`: all its processes are frozen at once. Its kernel sockets live on: connections are still taken,
 * and nothing that arrives is answered or refused, until it goes on where it was.
 */
export const pause: Fault = {
  kind: 'pause',
  summary: 'all processes are frozen: connections are taken, nothing is answered, until it is healed',
  parameters: noParameters,
  effect: () => 'silence',
  tells: ['pause'],
  occupies: 'freezer',
  needs: 'the freezer cgroup, which every engine but a rootless one on cgroup v1 has',
  async arm(target, engine): Promise<ArmedFault> {
    return {
      undo: [{ kind: 'unpause-container', id: target.id, name: target.name }],
      inject: () => engine.containers.pause(target.id),
      verify: signal =>
        readBack(engine, target.id, ({ status }) => ({ ok: status === 'paused', detail: status }), signal),
      heal: () => engine.containers.unpause(target.id),
      verifyHealed: signal => readBack(engine, target.id, isRunning, signal),
      disarm: async () => undefined,
    }
  },
}

import type { ArmedFault, Fault } from './fault.ts'
import { noParameters } from './no-parameters.ts'
import { isRunning, readBack } from './read-back.ts'

/**
 * `docker rm --force`: killed, and gone with its writable layer and its anonymous volumes, as a machine that was
 * lost. It is healed by another container of the same name and configuration, with another id and an address of
 * its own: what stands in the target's place is known by its service and number from then on.
 */
export const remove: Fault = {
  kind: 'remove',
  summary: 'the container is killed and removed; it is healed by a new one of the same configuration',
  parameters: noParameters,
  effect: () => 'silence',
  tells: ['kill', 'destroy'],
  needs: 'nothing',
  leaves: 'another container of the same configuration',
  async arm(target, engine): Promise<ArmedFault> {
    const replacement = await engine.containers.createReplacement(target.id)
    const putInPlace = () => engine.containers.putInPlace(replacement, target.name)
    return {
      undo: [{ kind: 'put-in-place', id: replacement, name: target.name }],
      inject: () => engine.containers.remove(target.id),
      verify: async () =>
        (await engine.containers.isThere(target.id))
          ? { ok: false, detail: 'still there' }
          : { ok: true, detail: 'removed' },
      heal: putInPlace,
      verifyHealed: signal => readBack(engine, replacement, isRunning, signal),
      disarm: () => engine.containers.discardReplacement(replacement, target.name),
    }
  },
}

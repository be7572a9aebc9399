import type { StandingHelper } from '../../docker/standing-helper.ts'
import type { ArmedFault, FaultEngine, FaultTarget, Verification } from '../fault.ts'
import { clearNetwork, whatIsOurs } from './clear.ts'
import { HELPER_IMAGE } from './names.ts'

/** A fault in a target's network namespace: what its standing helper is, is told, and must show. */
export interface NamespaceFault {
  readonly program: readonly string[]
  readonly memoryBytes?: number
  /** Said once before all else, where there is something to be set up that changes nothing yet. */
  readonly begin?: string
  readonly inject: string
  /** From what `show` printed. */
  tookHold(shown: string): Verification
  isHealed(shown: string): Verification
}

export async function armInNamespace(
  target: FaultTarget,
  engine: FaultEngine,
  fault: NamespaceFault,
): Promise<ArmedFault> {
  await requireOwnNetwork(target, engine)
  const helper = await engine.standHelper({
    project: target.project,
    image: HELPER_IMAGE,
    program: fault.program,
    capabilities: ['NET_ADMIN'],
    pidMode: 'own',
    networkOf: target.id,
    ...(fault.memoryBytes === undefined ? {} : { memoryBytes: fault.memoryBytes }),
  })
  const disarm = async () => {
    await clearedBy(helper, target, engine)
    await helper.disarm()
  }
  try {
    if (fault.begin !== undefined) await helper.ask(fault.begin)
  } catch (error) {
    await disarm()
    throw error
  }
  const { id, name, project } = target
  return {
    undo: [
      { kind: 'remove-container', id: helper.id, name: `the helper of ${name}` },
      { kind: 'clear-network', id, name, project },
    ],
    inject: async () => {
      await helper.ask(fault.inject)
    },
    verify: async () => fault.tookHold(await helper.ask('show')),
    heal: async () => {
      // A helper that is gone cannot heal, and cannot harm any more what another one heals.
      await helper.ask('heal').catch(() => clearNetwork(engine, target))
    },
    verifyHealed: async () => {
      const shown = await helper.ask('show').catch(() => undefined)
      if (shown !== undefined) return fault.isHealed(shown)
      const left = await whatIsOurs(engine, target)
      return { ok: left === '', detail: left || 'nothing of ours is in its network' }
    },
    disarm,
  }
}

/** By itself if it is there and can, else by another one. */
async function clearedBy(helper: StandingHelper, target: FaultTarget, engine: FaultEngine): Promise<void> {
  await helper.ask('clear').catch(() => clearNetwork(engine, target))
}

/** A network that others share would be broken for them too, be it another container or the engine's host. */
async function requireOwnNetwork({ id, name }: FaultTarget, engine: FaultEngine): Promise<void> {
  const { networkMode } = await engine.containers.inspect(id)
  if (networkMode === 'host' || networkMode.startsWith('container:'))
    throw new Error(`${name} has no network of its own (its network mode is ${networkMode})`)
}

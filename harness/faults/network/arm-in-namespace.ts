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
  const ask = untilItFails(helper)
  // It goes first: what it was told last it may still be doing.
  const clearWithoutIt = async () => {
    await helper.disarm()
    await clearNetwork(engine, target)
  }
  const disarm = () => ask('clear').then(() => helper.disarm(), clearWithoutIt)
  try {
    if (fault.begin !== undefined) await ask(fault.begin)
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
      await ask(fault.inject)
    },
    verify: async () => fault.tookHold(await ask('show')),
    heal: async () => {
      await ask('heal').catch(clearWithoutIt)
    },
    verifyHealed: async () => {
      const shown = await ask('show').catch(() => undefined)
      if (shown !== undefined) return fault.isHealed(shown)
      const left = await whatIsOurs(engine, target)
      return { ok: left === '', detail: left || 'nothing of ours is in its network' }
    },
    disarm,
  }
}

/** One that has ended, or did not answer in time, is asked nothing more: its answers would be those to earlier questions. */
function untilItFails(helper: StandingHelper): StandingHelper['ask'] {
  let failure: Error | undefined
  return async line => {
    if (failure) throw failure
    try {
      return await helper.ask(line)
    } catch (error) {
      failure = error as Error
      throw error
    }
  }
}

/** A network that others share would be broken for them too, be it another container or the engine's host. */
async function requireOwnNetwork({ id, name }: FaultTarget, engine: FaultEngine): Promise<void> {
  const { networkMode } = await engine.containers.inspect(id)
  if (networkMode === 'host' || networkMode.startsWith('container:'))
    throw new Error(`${name} has no network of its own (its network mode is ${networkMode})`)
}

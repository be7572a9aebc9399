import type { Engine } from '../docker/engine.ts'
import type { ContainerSettings, Inventory } from '../docker/inventory.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import type { Member } from '../plan/members.ts'
import { type Fact, namespaceFacts } from './namespace-facts.ts'
import { NAMESPACE_SCRIPT } from './namespace-script.ts'

/** How a system and its surroundings are at one moment, as far as a fault could have changed them. */
export interface Snapshot extends Inventory {
  /** Network namespaces of the targets, by the container's name. */
  readonly namespaces: ReadonlyMap<string, NamespaceReading>
}

export type NamespaceReading =
  | { readonly kind: 'read'; readonly facts: readonly Fact[] }
  | { readonly kind: 'unread'; readonly reason: string }

export type SnapshotEngine = Pick<Engine, 'takeInventory' | 'armHelper'>

const HELPER_IMAGE = 'zonefall/toolbox:1'
const HELPER_EXPIRES_SECONDS = 30

/** Errors: ENGINE_LOST. A namespace that cannot be read is not an error here, but says so. */
export async function takeSnapshot(
  engine: SnapshotEngine,
  project: string,
  targets: readonly Member[],
): Promise<Snapshot> {
  const inventory = await engine.takeInventory(project)
  const audited = inventory.containers.filter(
    ({ service, number, status }) =>
      (status === 'running' || status === 'paused') &&
      targets.some(target => target.service === service && target.number === number),
  )
  const readings = await Promise.all(
    audited.map(
      async container => [container.name, await readNamespace(engine, project, container)] as const,
    ),
  )
  return { ...inventory, namespaces: new Map(readings) }
}

async function readNamespace(
  engine: SnapshotEngine,
  project: string,
  { id, networks }: ContainerSettings,
): Promise<NamespaceReading> {
  // There, rules come and go with everybody's containers.
  if (networks.some(({ network }) => network === 'host'))
    return { kind: 'unread', reason: 'it is the network of the engine’s own host' }
  try {
    const helper = await engine.armHelper({
      project,
      image: HELPER_IMAGE,
      script: NAMESPACE_SCRIPT,
      capabilities: ['NET_ADMIN'],
      pidMode: 'own',
      networkOf: id,
      expiresSeconds: HELPER_EXPIRES_SECONDS,
    })
    try {
      return { kind: 'read', facts: namespaceFacts(await helper.fire(), networks) }
    } finally {
      await helper.disarm()
    }
  } catch (error) {
    if (error instanceof ZonefallError) throw error // the engine is gone
    return { kind: 'unread', reason: messageOf(error) }
  }
}

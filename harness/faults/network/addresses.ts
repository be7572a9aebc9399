import type { ContainerRef } from '../../history/event.ts'
import type { FaultEngine, FaultTarget } from '../fault.ts'

/** Fields that must all hold. */
export interface Others {
  readonly tier?: string | undefined
  readonly zone?: string | undefined
  readonly service?: string | undefined
  readonly name?: string | undefined
}

/** Addresses of the containers that match, the target not among them. Errors: says that none matches, or none runs. */
export async function addressesOf(
  others: Others,
  target: FaultTarget,
  engine: FaultEngine,
): Promise<string[]> {
  const matching = target.system.filter(
    container => container.id !== target.id && matches(container, others, target.project),
  )
  const states = await Promise.all(matching.map(({ id }) => engine.containers.inspect(id)))
  const addresses = states.flatMap(state => state.addresses)
  if (addresses.length === 0) {
    const words = Object.entries(others).map(([key, value]) => `${key}=${value}`)
    throw new Error(`no other container that runs matches ${words.join(',') || 'nothing at all'}`)
  }
  return addresses
}

function matches(container: ContainerRef, { tier, zone, service, name }: Others, project: string): boolean {
  return (
    (tier === undefined || container.tier === tier) &&
    (zone === undefined || container.zone === zone) &&
    (service === undefined || container.service === service) &&
    (name === undefined ||
      [container.name, container.service].includes(name) ||
      container.name === `${project}-${name}`)
  )
}

import { z } from 'zod'
import type { ContainerRef } from '../../history/event.ts'
import type { FaultEngine, FaultTarget } from '../fault.ts'

/** Which other containers are meant: fields that must all hold. */
export const othersSchema = z.strictObject({
  tier: z.string().optional(),
  zone: z.string().optional(),
  service: z.string().optional(),
  name: z.string().optional(),
})

export type Others = Readonly<z.output<typeof othersSchema>>

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

import type { Member } from '../plan/members.ts'
import type { Condition } from './capacity-record.ts'
import type { TierShape } from './model.ts'

/** All instances first, then each zone gone, in the order of their names. */
export function conditionsOf(members: readonly Member[], zones: readonly string[]): Condition[] {
  const taken = new Set(['generator', 'all'])
  const losses = zones.map((zone): Condition => {
    const name = `without-${zone.replace(/[^\w.-]+/g, '-')}`
    let folder = name
    for (let number = 2; taken.has(folder); number += 1) folder = `${name}-${number}`
    taken.add(folder)
    return {
      name: `without ${zone}`,
      folder,
      zone,
      members: members.filter(member => member.zone === zone),
    }
  })
  return [{ name: 'all', folder: 'all', zone: null, members: [] }, ...losses]
}

export function zonesOf(members: readonly Member[]): string[] {
  return [...new Set(members.flatMap(({ zone }) => (zone === null ? [] : [zone])))].sort()
}

/** Instances with a zone's label, by tier and zone; a service without a tier is one. */
export function tiersOf(members: readonly Member[]): TierShape[] {
  const zoned = members.filter(({ zone }) => zone !== null)
  const hasTiers = zoned.some(({ tier }) => tier !== null)
  const byTier = Map.groupBy(zoned, ({ tier, service }) => tier ?? (hasTiers ? service : 'instance'))
  return [...byTier]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tier, instances]) => ({
      tier,
      zones: Object.fromEntries(
        zonesOf(instances).map(zone => [zone, instances.filter(one => one.zone === zone).length]),
      ),
    }))
}

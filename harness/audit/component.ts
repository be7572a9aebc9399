import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Selector } from '../experiment/experiment.ts'
import { type Member, memberName } from '../plan/members.ts'
import { printSelector } from '../plan/parse-selector.ts'

/** What an audit breaks: one container, or all that carry one zone's label. */
export interface Component {
  /** `gateway-a-1`, or `zone=zone-a`. */
  readonly name: string
  readonly kind: 'container' | 'zone'
  /** All that is broken at once; never empty. */
  readonly members: readonly Member[]
  /** Containers that share the work of the first member, it among them. */
  readonly peers: readonly Member[]
}

export interface AuditedSystem {
  readonly members: readonly Member[]
  /** Services that all traffic goes through: the entry point's, and balancers. */
  readonly entryServices: readonly string[]
}

/**
 * Every container, and every zone of more than one (one of a single container is that container), the most
 * important first: the entry point and balancers; what stands alone; zones; then the small tiers before the large
 * ones, of each its first container before any second.
 */
export function componentsOf({ members, entryServices }: AuditedSystem): Component[] {
  const containers = members.map(
    (member): Component => ({
      name: memberName(member),
      kind: 'container',
      members: [member],
      peers: peersOf(member, members),
    }),
  )
  const zones = [...new Set(members.map(({ zone }) => zone))]
    .filter(zone => zone !== null)
    .sort()
    .map(zone => zoneOf(zone, members))
    .filter(zone => zone.members.length > 1)
  const rank = (component: Component) => rankOf(component, entryServices)
  return [...containers, ...zones]
    .map(component => ({ component, rank: rank(component) }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .map(({ component }) => component)
}

/** Whether a selector means it: all of a zone is meant by `zone=…` alone. */
export function isMeant({ kind, members, name }: Component, selector: Selector): boolean {
  if (kind === 'zone') return Object.keys(selector).length === 1 && name === `zone=${selector.zone}`
  const [member] = members
  return (
    member !== undefined &&
    (selector.tier ?? member.tier) === member.tier &&
    (selector.zone ?? member.zone) === member.zone &&
    (selector.service ?? member.service) === member.service &&
    [undefined, name, member.service].includes(selector.name) &&
    Object.entries(selector.label ?? {}).every(([key, value]) => member.labels?.[key] === value)
  )
}

/** Those that one of the selectors means; all if there is none. Errors: NO_TARGET when one means nothing. */
export function onlyMeant(
  components: readonly Component[],
  selectors: readonly Selector[],
): readonly Component[] {
  for (const selector of selectors) {
    if (components.some(one => isMeant(one, selector))) continue
    const names = components.map(({ name }) => name).join(', ')
    throw new ZonefallError('NO_TARGET', `Nothing is ${printSelector(selector)}. There are: ${names}.`)
  }
  if (selectors.length === 0) return components
  return components.filter(one => selectors.some(selector => isMeant(one, selector)))
}

/** Same tier; without tiers the zone-labelled ones, else the replicas of its service. */
function peersOf(member: Member, members: readonly Member[]): Member[] {
  if (member.tier !== null) return members.filter(({ tier }) => tier === member.tier)
  if (member.zone !== null) return members.filter(({ tier, zone }) => tier === null && zone !== null)
  return members.filter(({ service }) => service === member.service)
}

/** Of its tiers the smallest comes first: that one's share is what is watched. */
function zoneOf(zone: string, members: readonly Member[]): Component {
  const within = members
    .filter(member => member.zone === zone)
    .sort((a, b) => peersOf(a, members).length - peersOf(b, members).length)
  const [first] = within
  return {
    name: `zone=${zone}`,
    kind: 'zone',
    members: within,
    peers: first ? peersOf(first, members) : [],
  }
}

function rankOf({ kind, members, peers }: Component, entryServices: readonly string[]): readonly number[] {
  if (kind === 'zone') return [2]
  const [member] = members
  if (member && entryServices.includes(member.service)) return [0]
  if (peers.length === 1) return [1]
  return [3, member ? peers.indexOf(member) : 0, peers.length]
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [place, rank] of a.entries()) if (rank !== b[place]) return rank - (b[place] ?? 0)
  return 0
}

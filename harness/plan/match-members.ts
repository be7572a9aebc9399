import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Selector } from '../experiment/experiment.ts'
import { type Member, memberName } from './members.ts'
import { printSelector } from './parse-selector.ts'

/** Whether a tier that the project does not label may be taken for "what is replicated over zones". */
export type TierIs = 'meant-loosely' | 'meant-exactly'

/**
 * A project without any tier label has no tiers for an experiment to choose from: then any container that
 * carries the zone label will do, since who labels zones labels what is replicated over them. A tier that
 * the user named is another matter.
 */
export function matching(members: readonly Member[], selector: Selector, tierIs: TierIs): Member[] {
  const { tier, zone, service, name, label = {} } = selector
  const byTier = tierIs === 'meant-exactly' || members.some(member => member.tier !== null)
  return members.filter(
    member =>
      (tier === undefined || (byTier ? member.tier === tier : member.zone !== null)) &&
      (zone === undefined || member.zone === zone) &&
      (service === undefined || member.service === service) &&
      (name === undefined || memberName(member) === name || member.service === name) &&
      Object.entries(label).every(([key, value]) => member.labels?.[key] === value),
  )
}

/** Same tier; without tiers the zone-labelled ones, else the replicas of its service. */
export function peersOf(target: Member, present: readonly Member[], candidates: readonly Member[]): Member[] {
  if (target.tier !== null) return present.filter(member => member.tier === target.tier)
  if (target.zone !== null) return present.filter(member => member.zone !== null)
  const replicas = present.filter(member => member.service === target.service)
  return replicas.length > 1 ? replicas : [...candidates]
}

/** Nothing matches: with what there is to choose from, labels too where one was asked for. */
export function noMatch(selector: Selector, members: readonly Member[]): ZonefallError {
  const asked = Object.keys(selector.label ?? {})
  const there = members.map(member => describe(member, asked)).join(', ') || 'none'
  return new ZonefallError(
    'NO_TARGET',
    `No container matches ${printSelector(selector)}. There are: ${there}.`,
  )
}

function describe(member: Member, asked: readonly string[]): string {
  const labels = [
    member.tier && `tier=${member.tier}`,
    member.zone && `zone=${member.zone}`,
    ...asked.flatMap(key => {
      const value = member.labels?.[key]
      return value === undefined ? [] : [`label.${key}=${value}`]
    }),
  ].filter(Boolean)
  return labels.length > 0 ? `${memberName(member)} (${labels.join(', ')})` : memberName(member)
}

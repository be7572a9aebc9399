import { ZonefallError } from '../errors/zonefall-error.ts'
import { amountOf, type Target } from '../experiment/target.ts'
import { matching, noMatch, peersOf, type TierIs } from './match-members.ts'
import { isSameMember, type Member, memberName } from './members.ts'
import { printSelector } from './parse-selector.ts'
import type { Random } from './random.ts'

export interface ReduceRequest {
  readonly members: readonly Member[]
  readonly keepOnly: { readonly tier: string; readonly count: number } | undefined
  /** Where the user says what to break, that is also what there shall be fewer of. */
  readonly instead: Target | undefined
  readonly random: Random
}

/** Parts the members into those that the experiment runs with, and those that it runs without. */
export function reduceMembers({ members, keepOnly, instead, random }: ReduceRequest): {
  readonly present: readonly Member[]
  readonly dropped: readonly Member[]
} {
  if (!keepOnly) return { present: members, dropped: [] }
  const many = instead
    ? matching(members, instead, 'meant-exactly')
    : matching(members, { tier: keepOnly.tier }, 'meant-loosely')
  const kept = draw(many, keepOnly.count, random)
  const dropped = many.filter(member => !isAmong(kept, member))
  return { present: members.filter(member => !isAmong(dropped, member)), dropped }
}

export interface ChoiceRequest {
  readonly present: readonly Member[]
  readonly target: Target
  readonly tierIs: TierIs
  /** Struck by something else: drawn only when there are not enough others. */
  readonly struck: readonly Member[]
  readonly random: Random
}

export interface Choice {
  /** In the order in which they were drawn; of zones, the members of small tiers before those of large ones. */
  readonly targets: readonly Member[]
  /** All that match. */
  readonly candidates: readonly Member[]
}

/** Draws the targets among the containers that match. Errors: NO_TARGET. */
export function chooseTargets({ present, target, tierIs, struck, random }: ChoiceRequest): Choice {
  const candidates = matching(present, target, tierIs)
  if (candidates.length === 0) throw noMatch(target, present)
  const amount = amountOf(target)
  const spared = candidates.filter(member => !isAmong(struck, member))
  switch (amount.kind) {
    case 'whole-zones':
      return { targets: wholeZones(candidates, { ...amount, target, struck, present, random }), candidates }
    case 'all':
      return { targets: draw(candidates, candidates.length, random), candidates }
    case 'count':
    case 'share': {
      const count =
        amount.kind === 'count' ? amount.count : Math.max(1, Math.round(amount.share * candidates.length))
      if (count > candidates.length) throw tooFew('container', count, target, candidates.map(memberName))
      return { targets: draw(spared.length >= count ? spared : candidates, count, random), candidates }
    }
  }
}

interface ZonesRequest extends Pick<ChoiceRequest, 'target' | 'struck' | 'present' | 'random'> {
  readonly zones: number
}

function wholeZones(candidates: readonly Member[], { zones, target, struck, present, random }: ZonesRequest) {
  const all = zonesOf(candidates)
  if (all.length < zones) throw tooFew('zone', zones, target, all)
  const spared = all.filter(zone => !struck.some(member => member.zone === zone))
  const drawn = draw(spared.length >= zones ? spared : all, zones, random)
  const size = (member: Member) => peersOf(member, present, candidates).length
  return drawn.flatMap(zone =>
    candidates.filter(member => member.zone === zone).sort((a, b) => size(a) - size(b)),
  )
}

function zonesOf(members: readonly Member[]): string[] {
  return [...new Set(members.map(({ zone }) => zone))].filter(zone => zone !== null).sort()
}

function tooFew(what: string, wanted: number, target: Target, there: readonly string[]): ZonefallError {
  const are = there.length === 0 ? `has no ${what}` : `has ${there.length}: ${there.join(', ')}`
  return new ZonefallError(
    'NO_TARGET',
    `${wanted} ${what}${wanted === 1 ? ' is' : 's are'} to be struck, and what matches ${printSelector(target) || 'anything'} ${are}.`,
  )
}

function draw<T>(from: readonly T[], count: number, random: Random): T[] {
  const left = [...from]
  const drawn: T[] = []
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(random.below(left.length), 1))
  return drawn
}

function isAmong(members: readonly Member[], member: Member): boolean {
  return members.some(other => isSameMember(member, other))
}

import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Selector } from '../experiment/experiment.ts'
import { isSameMember, type Member, memberName } from './members.ts'
import { printSelector } from './parse-selector.ts'
import type { Random } from './random.ts'

export interface Choice {
  readonly target: Member
  /** All that share the target's work, the target among them. */
  readonly peers: readonly Member[]
  /** What the system runs without. */
  readonly dropped: readonly Member[]
}

export interface ChoiceRequest {
  readonly members: readonly Member[]
  readonly selector: Selector
  /** Whether a tier that the project does not label may be taken for "what is replicated over zones". */
  readonly tierIs: 'meant-loosely' | 'meant-exactly'
  readonly keepOnly: { readonly tier: string; readonly count: number } | undefined
  readonly random: Random
}

/** Draws the target among the containers that match, after dropping what the experiment runs without. */
export function chooseTarget({ members, selector, tierIs, keepOnly, random }: ChoiceRequest): Choice {
  // Where the user says what to break, that is also what there shall be fewer of.
  const reduced = keepOnly && tierIs === 'meant-loosely' ? { tier: keepOnly.tier } : selector
  const many = keepOnly ? matching(members, reduced, tierIs) : []
  const kept = draw(many, keepOnly?.count ?? 0, random)
  const dropped = many.filter(member => !kept.some(other => isSameMember(member, other)))
  const present = members.filter(member => !dropped.some(other => isSameMember(member, other)))
  const candidates = matching(present, selector, tierIs)
  const [target] = draw(candidates, 1, random)
  if (!target) {
    const there = members.map(describe).join(', ') || 'none'
    throw new ZonefallError(
      'NO_TARGET',
      `No container matches ${printSelector(selector)}. There are: ${there}.`,
    )
  }
  return { target, peers: peersOf(target, present, candidates), dropped }
}

/**
 * A project without any tier label has no tiers for an experiment to choose from: then any container that
 * carries the zone label will do, since who labels zones labels what is replicated over them. A tier that
 * the user named is another matter.
 */
function matching(
  members: readonly Member[],
  selector: Selector,
  tierIs: ChoiceRequest['tierIs'] = 'meant-loosely',
): Member[] {
  const { tier, ...rest } = selector
  const byTier = tierIs === 'meant-exactly' || members.some(member => member.tier !== null)
  return members.filter(
    member =>
      (tier === undefined || (byTier ? member.tier === tier : member.zone !== null)) &&
      (rest.zone === undefined || member.zone === rest.zone) &&
      (rest.service === undefined || member.service === rest.service) &&
      (rest.name === undefined || memberName(member) === rest.name || member.service === rest.name),
  )
}

/** Same tier; without tiers the zone-labelled ones, else the replicas of its service. */
function peersOf(target: Member, present: readonly Member[], candidates: readonly Member[]): Member[] {
  if (target.tier !== null) return present.filter(member => member.tier === target.tier)
  if (target.zone !== null) return present.filter(member => member.zone !== null)
  const replicas = present.filter(member => member.service === target.service)
  return replicas.length > 1 ? replicas : [...candidates]
}

function draw(from: readonly Member[], count: number, random: Random): Member[] {
  const left = [...from]
  const drawn: Member[] = []
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(random.below(left.length), 1))
  return drawn
}

function describe(member: Member): string {
  const labels = [member.tier && `tier=${member.tier}`, member.zone && `zone=${member.zone}`].filter(Boolean)
  return labels.length > 0 ? `${memberName(member)} (${labels.join(', ')})` : memberName(member)
}

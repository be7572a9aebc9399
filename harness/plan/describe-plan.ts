import type { ExperimentPlan } from './make-plan.ts'
import { type Member, memberName } from './members.ts'
import type { MemberStrike } from './plan-strikes.ts'

/** A line of the timeline each: `kill gateway-a-1 (gateway, zone-a), one of 3`; when, unless it is for the whole hold. */
export function describePlan({ experiment, strikes, peers, otherPeers }: ExperimentPlan): string[] {
  const groups = [peers, ...otherPeers]
  return experiment.faults.map((_, entry) => {
    const ofEntry = strikes.filter(strike => strike.entry === entry)
    const targets = [...new Map(ofEntry.map(({ target }) => [memberName(target), target])).values()]
    const [only] = targets
    const group = groups.find(members =>
      members.some(member => only && memberName(member) === memberName(only)),
    )
    const whom = targets.length === 1 && group ? `, one of ${group.length}` : ''
    return `${ofEntry[0]?.fault.kind} ${targets.map(named).join(' and ')}${whom}${when(ofEntry, experiment.timing.holdMs)}`
  })
}

function named(member: Member): string {
  const labels = [member.tier, member.zone].filter(Boolean).join(', ')
  return `${memberName(member)}${labels ? ` (${labels})` : ''}`
}

function when(strikes: readonly MemberStrike[], holdMs: number): string {
  if (strikes.some(({ afterReady }) => afterReady !== undefined)) return ', each when the one before is ready'
  const turns = [...new Set(strikes.map(({ atMs, untilMs }) => `${seconds(atMs)} to ${seconds(untilMs)} s`))]
  const [first] = turns
  if (turns.length === 1 && first === `0 to ${seconds(holdMs)} s`)
    return strikes.length > 1 ? ', together' : ''
  return `, ${turns.length > MOST_TURNS ? `${turns.length} times, the first ${first}` : turns.join(', ')}`
}

const MOST_TURNS = 6

function seconds(ms: number): string {
  return String(ms / 1000)
}

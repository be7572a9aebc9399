import { ZonefallError } from '../errors/zonefall-error.ts'
import { findFault } from '../faults/catalogue.ts'
import type { Fault } from '../faults/fault.ts'
import { memberName } from './members.ts'
import type { MemberStrike } from './plan-strikes.ts'

/** Faults on one container at the same time must leave one another alone. Errors: FAULTS_CONFLICT. */
export function requireCompatible(strikes: readonly MemberStrike[]): void {
  for (const [index, later] of strikes.entries()) {
    const clash = strikes
      .slice(0, index)
      .find(earlier => isSameTarget(earlier, later) && meet(earlier, later) && !goTogether(earlier, later))
    if (clash) throw conflict(clash, later)
  }
}

/** Whether one may be on while the other is: each needs a part of the container, and not the same one. */
export function goTogether(one: { readonly fault: { readonly kind: string } }, other: typeof one): boolean {
  const [a, b] = [findFault(one.fault.kind), findFault(other.fault.kind)].map(partOf)
  return a !== undefined && b !== undefined && a !== b
}

function partOf({ occupies }: Fault): string | undefined {
  return occupies
}

function isSameTarget({ target: a }: MemberStrike, { target: b }: MemberStrike): boolean {
  return a.service === b.service && a.number === b.number
}

/** One that begins as the other ends would begin before that one is healed. */
function meet(a: MemberStrike, b: MemberStrike): boolean {
  return a.atMs <= b.untilMs && b.atMs <= a.untilMs
}

function conflict(a: MemberStrike, b: MemberStrike): ZonefallError {
  const when = ({ atMs, untilMs }: MemberStrike) => `${atMs} to ${untilMs} ms`
  return new ZonefallError(
    'FAULTS_CONFLICT',
    `${memberName(a.target)} cannot be under ${a.fault.kind} (${when(a)}) and ${b.fault.kind} (${when(b)}) at the same time.`,
  )
}

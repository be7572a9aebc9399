import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Experiment, FaultEntry } from '../experiment/experiment.ts'
import { findFault } from '../faults/catalogue.ts'
import type { Member } from './members.ts'
import { scheduleOf } from './schedule.ts'
import type { PlannedFault, Strike } from './trial-plan.ts'

/** A strike on a container that does not exist yet. */
export interface MemberStrike extends Omit<Strike, 'target'> {
  readonly target: Member
}

/** More than anybody reads, and than a trial has time for. */
const MOST_STRIKES = 500

/**
 * The timeline as a list, in order of its instants. `targetsOf` gives the targets of a line, in their order.
 * Errors: EXPERIMENT_INVALID.
 */
export function planStrikes(
  { faults, timing, requests }: Pick<Experiment, 'faults' | 'timing' | 'requests'>,
  targetsOf: (entry: number) => readonly Member[],
): MemberStrike[] {
  const planned = faults
    .flatMap((entry, index) => strikesOfEntry(entry, index, targetsOf(index), timing.holdMs))
    .sort((a, b) => a.atMs - b.atMs)
  if (planned.length > MOST_STRIKES)
    throw new ZonefallError(
      'EXPERIMENT_INVALID',
      `The timeline has ${planned.length} strikes; ${MOST_STRIKES} are the most.`,
      { advice: 'Let them come less often, or strike fewer containers.' },
    )
  return planned
    .map(({ after, ...strike }) =>
      after === undefined ? strike : { ...strike, afterReady: planned.findIndex(one => one.key === after) },
    )
    .map(({ key: _, ...strike }) => (requests === 'past-target' ? unseen(strike) : strike))
}

/** Requests do not go through the target: what becomes of them need not tell that it was struck. */
function unseen(strike: MemberStrike): MemberStrike {
  return { ...strike, fault: { ...strike.fault, effect: 'none-in-traffic' } }
}

/** `key` and `after` name strikes while they are still being put in order. */
interface Unplaced extends Omit<MemberStrike, 'afterReady'> {
  readonly key: string
  readonly after?: string
}

function strikesOfEntry(
  entry: FaultEntry,
  index: number,
  targets: readonly Member[],
  holdMs: number,
): Unplaced[] {
  const fault = plannedFault(entry.fault)
  const common = { entry: index, fault }
  if (fault.rollOut === undefined)
    return scheduleOf(entry, targets.length, holdMs).flatMap(({ target: place, ...turn }, time) => {
      const target = targets[place]
      return target ? [{ ...common, target, ...turn, key: `${index}/${time}` }] : []
    })
  const span = { atMs: entry.atMs, untilMs: Math.min(holdMs, entry.atMs + (entry.forMs ?? holdMs)) }
  return targets.map((target, place) => ({
    ...common,
    target,
    ...span,
    key: `${index}/${place}`,
    ...(place > 0 ? { after: `${index}/${place - 1}` } : {}),
  }))
}

function plannedFault({ kind, ...parameters }: FaultEntry['fault']): PlannedFault {
  const fault = findFault(kind)
  const rollOut = fault.rollOut?.(parameters)
  return {
    kind,
    parameters,
    effect: fault.effect(parameters),
    tells: fault.tells,
    ...(rollOut === undefined ? {} : { rollOut }),
  }
}

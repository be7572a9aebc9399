import type { HistoryEvent } from '../history/event.ts'
import { type Strike, strikesOf, type TrialPlan } from '../plan/trial-plan.ts'

export type FaultEvent = Extract<HistoryEvent, { type: 'fault' }>
type VerifiedEvent = Extract<HistoryEvent, { type: 'fault-verified' }>
type ReadyEvent = Extract<HistoryEvent, { type: 'roll-out' }>

/** A planned strike, and what the history tells of it. */
export interface Struck {
  readonly strike: Strike
  /** What injected it; `null` if it did not come. */
  readonly call: FaultEvent | null
  readonly heal: FaultEvent | null
  readonly readBack: VerifiedEvent | null
  /** When it was read back that it is healed. */
  readonly mendedUs: number | null
  /** In a roll-out: whether its target turned ready again. */
  readonly ready: ReadyEvent | null
  /** Why it did not come, where that was decided. */
  readonly withheld: string | null
}

/** In the plan's order. */
export function struckOf(plan: TrialPlan, events: readonly HistoryEvent[]): Struck[] {
  return strikesOf(plan).map((strike, place) => {
    // Results of one fault tell of it by its target alone.
    const isIts = (event: { readonly strike?: number; readonly container: { readonly id: string } }) =>
      event.strike === undefined ? event.container.id === strike.target.id : event.strike === place
    const call = (action: FaultEvent['action']) =>
      events.find(event => event.type === 'fault' && event.action === action && isIts(event))
    const readBack = (action: VerifiedEvent['action']) =>
      events.find(event => event.type === 'fault-verified' && event.action === action && isIts(event))
    const mended = readBack('heal')
    const withheld = events.find(event => event.type === 'strike-withheld' && isIts(event))
    return {
      strike,
      call: (call('inject') as FaultEvent | undefined) ?? null,
      heal: (call('heal') as FaultEvent | undefined) ?? null,
      readBack: (readBack('inject') as VerifiedEvent | undefined) ?? null,
      mendedUs: mended?.atUs ?? null,
      ready:
        (events.find(event => event.type === 'roll-out' && isIts(event)) as ReadyEvent | undefined) ?? null,
      withheld: withheld?.type === 'strike-withheld' ? withheld.reason : null,
    }
  })
}

/** Those that come first, together. */
export function firstBlow(struck: readonly Struck[]): Struck[] {
  const firstMs = Math.min(...struck.map(({ strike }) => strike.atMs))
  return struck.filter(({ strike }) => strike.atMs === firstMs && strike.afterReady === undefined)
}

/** Those that came after the first blow, when what that did may have been over. */
export function laterBlows(struck: readonly Struck[]): Struck[] {
  const first = firstBlow(struck)
  return struck.filter(one => one.call !== null && !first.includes(one))
}

/** The undoing of those that last longest, which is the end of it all: as the first of them is undone. */
export function lastHeal(struck: readonly Struck[], events: readonly HistoryEvent[]): FaultEvent | undefined {
  const lastMs = lastUntilMs(struck)
  const last = struck.filter(({ call, strike }) => call && strike.untilMs === lastMs)
  if (last.some(({ heal }) => !heal)) return undefined
  const heals = last.map(({ heal }) => heal)
  return events.find(event => event.type === 'fault' && heals.includes(event)) as FaultEvent | undefined
}

export function lastUntilMs(struck: readonly Struck[]): number {
  return Math.max(...struck.flatMap(({ call, strike }) => (call ? [strike.untilMs] : [])))
}

import type { LoadSettings, ProbeSettings, SteadyState, Timing } from '../experiment/experiment.ts'
import type { FaultEffect, RollOut } from '../faults/fault.ts'
import type { ContainerRef } from '../history/event.ts'

export interface PlannedFault {
  readonly kind: string
  /** With its defaults filled in; older results have none. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly effect: FaultEffect
  /** See `Fault`; older results have none. */
  readonly tells?: readonly string[]
  readonly rollOut?: RollOut
}

/** One fault on one container, from one instant to another: ms since the hold began. */
export interface Strike {
  /** Which line of the experiment's timeline it belongs to, from 0. */
  readonly entry: number
  readonly fault: PlannedFault
  readonly target: ContainerRef
  readonly atMs: number
  /** When its undoing begins; the end of the hold at the latest. */
  readonly untilMs: number
  /** Not before that strike's target is ready again, by its place in the list; if it never is, not at all. */
  readonly afterReady?: number
}

/** Everything that is decided before a trial starts; frozen, stored in `manifest.json`, never changed. */
export interface TrialPlan {
  readonly experiment: string
  /** Counted from 1. */
  readonly trial: number
  /** How many valid ones the run wants. */
  readonly trials: number
  readonly seed: number
  readonly url: string
  /** Of the first strike. */
  readonly fault: PlannedFault
  /** Of the first strike: the one whose share, detection and return are watched where there can be one only. */
  readonly target: ContainerRef
  /** All others that are struck, at the same time or later. */
  readonly alsoStruck?: readonly ContainerRef[]
  /** In order of their instants. Without them `fault` strikes all targets together, for the whole hold. */
  readonly strikes?: readonly Strike[]
  /** All containers that share the target's work, the target among them. */
  readonly peers: readonly ContainerRef[]
  /** Where others are struck that are no peers of the target: who shares their work, they among them. */
  readonly otherPeers?: readonly (readonly ContainerRef[])[]
  readonly timing: Timing
  /** Before `recoveryMs` is over, as soon as all is steady again; without it, then. */
  readonly recoveryEnds?: 'once-steady'
  /** Delay of the fault after the baseline's end, drawn from the seed: 0 ≤ phase < 1000. */
  readonly phaseMs: number
  readonly probes: ProbeSettings
  readonly load: LoadSettings
  readonly steadyState: SteadyState
  /** Response header that tells which container answered; its value may list several, comma-separated. */
  readonly instanceHeader: string
  readonly slos: readonly string[]
}

/** All that is struck. */
export function targetsOf({ target, alsoStruck = [] }: TrialPlan): readonly ContainerRef[] {
  return [target, ...alsoStruck]
}

/** All that is done to the system, whichever way the plan says it. */
export function strikesOf(plan: TrialPlan): readonly Strike[] {
  const { strikes, fault, timing } = plan
  return (
    strikes ?? targetsOf(plan).map(target => ({ entry: 0, fault, target, atMs: 0, untilMs: timing.holdMs }))
  )
}

/** The same plan with other strikes, at least one: what else the plan says of its targets follows from them. */
export function withStrikes(plan: TrialPlan, given: readonly Strike[]): TrialPlan {
  const strikes = given.toSorted((a, b) => a.atMs - b.atMs)
  const [first] = strikes
  if (!first) throw new RangeError('a plan without a strike')
  const { target, fault } = first
  const others = new Map(strikes.map(strike => [strike.target.id, strike.target]))
  others.delete(target.id)
  const groups = [plan.peers, ...(plan.otherPeers ?? [])]
  const groupOf = ({ id }: ContainerRef) => groups.find(group => group.some(peer => peer.id === id))
  const { alsoStruck: _, otherPeers: __, ...rest } = plan
  const peers = groupOf(target) ?? plan.peers
  const otherPeers = new Set([...others.values()].flatMap(other => [groupOf(other) ?? [other]]))
  otherPeers.delete(peers)
  return {
    ...rest,
    fault,
    target,
    peers,
    strikes,
    ...(others.size > 0 ? { alsoStruck: [...others.values()] } : {}),
    ...(otherPeers.size > 0 ? { otherPeers: [...otherPeers] } : {}),
  }
}

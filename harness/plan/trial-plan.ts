import type { LoadSettings, ProbeSettings, SteadyState, Timing } from '../experiment/experiment.ts'
import type { FaultEffect } from '../faults/fault.ts'
import type { ContainerRef } from '../history/event.ts'

/** Everything that is decided before a trial starts; frozen, stored in `manifest.json`, never changed. */
export interface TrialPlan {
  readonly experiment: string
  /** Counted from 1. */
  readonly trial: number
  /** How many valid ones the run wants. */
  readonly trials: number
  readonly seed: number
  readonly url: string
  readonly fault: {
    readonly kind: string
    /** With its defaults filled in; older results have none. */
    readonly parameters?: Readonly<Record<string, unknown>>
    readonly effect: FaultEffect
    /** See `Fault`; older results have none. */
    readonly tells?: readonly string[]
  }
  readonly target: ContainerRef
  /** Further containers that the same fault strikes at the same time, as in a lost zone. */
  readonly alsoStruck?: readonly ContainerRef[]
  /** All containers that share the target's work, the target among them. */
  readonly peers: readonly ContainerRef[]
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

/** All that the fault strikes. */
export function targetsOf({ target, alsoStruck = [] }: TrialPlan): readonly ContainerRef[] {
  return [target, ...alsoStruck]
}

import type { HistoryEvent } from '../../history/event.ts'
import type { TrialPlan } from '../../plan/trial-plan.ts'
import type { Episode } from '../episodes.ts'
import type { Frame } from '../frame.ts'
import type { Metrics } from '../metrics.ts'
import type { PeerGroup } from '../peers.ts'

/** Every reason for which a trial can be invalid. docs/measurement.md explains them. */
export type InvalidityCode =
  | 'no-samples'
  | 'nothing-broken'
  | 'not-finished'
  | 'too-few-probes'
  | 'baseline-not-clean'
  | 'baseline-not-steady'
  | 'probes-unsent'
  | 'probes-missing'
  | 'bracket-too-wide'
  | 'clock-unbounded'
  | 'clock-drifted'
  | 'fault-not-verified'
  | 'fault-without-effect'
  | 'target-idle'
  | 'target-out-of-rotation'
  | 'effect-unseen'
  | 'roll-out-stopped'
  | 'disturbed'

/** Why the numbers of a trial would not mean what they say, and what to do about it. */
export interface Invalidity {
  readonly code: InvalidityCode
  readonly text: string
  readonly advice: string
}

export interface Evidence {
  readonly plan: TrialPlan
  readonly events: readonly HistoryEvent[]
  readonly frame: Frame
  readonly episodes: readonly Episode[]
  readonly metrics: Metrics
  readonly groups: readonly PeerGroup[]
}

/** One rule of docs/measurement.md; `undefined` when it holds. */
export type ValidityRule = (evidence: Evidence) => Invalidity | undefined

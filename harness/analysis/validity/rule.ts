import type { HistoryEvent } from '../../history/event.ts'
import type { TrialPlan } from '../../plan/trial-plan.ts'
import type { Episode } from '../episodes.ts'
import type { Frame } from '../frame.ts'
import type { Metrics } from '../metrics.ts'
import type { PeerOf } from '../peers.ts'

/** Why the numbers of a trial would not mean what they say, and what to do about it. */
export interface Invalidity {
  readonly code: string
  readonly text: string
  readonly advice: string
}

export interface Evidence {
  readonly plan: TrialPlan
  readonly events: readonly HistoryEvent[]
  readonly frame: Frame
  readonly episodes: readonly Episode[]
  readonly metrics: Metrics
  readonly peerOf: PeerOf
}

/** One rule of MEASUREMENT.md; `undefined` when it holds. */
export type ValidityRule = (evidence: Evidence) => Invalidity | undefined

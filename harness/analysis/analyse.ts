import { type Episode, episodesOf } from './episodes.ts'
import type { FaultInstant } from './fault-instant.ts'
import { type Frame, frameOf, type TrialHistory } from './frame.ts'
import { capacityRestoredMs } from './metrics/capacity-restored.ts'
import { detectionMs } from './metrics/detection.ts'
import { errorWindowMs, windowOf } from './metrics/error-window.ts'
import { latencyRestoredMs } from './metrics/latency-restored.ts'
import { lost } from './metrics/lost.ts'
import { outageAndDegraded } from './metrics/outage.ts'
import { p99Ms } from './metrics/p99.ts'
import { recovery } from './metrics/recovery.ts'
import { share } from './metrics/share.ts'
import type { Bracketed, Measured, Metrics } from './metrics.ts'
import { groupsOf, type PeerGroup } from './peers.ts'
import { at, probesOf } from './probes.ts'
import { steadinessOf } from './steadiness.ts'
import { type Timeline, timelineOf } from './timeline.ts'
import { unmeasured } from './unmeasured.ts'
import type { Invalidity } from './validity/rule.ts'
import { VALIDITY_RULES } from './validity/rules.ts'

/** What `analysis.json` holds of a trial. */
export interface Analysis {
  readonly metrics: Metrics
  /** `null` when nothing was broken. */
  readonly fault: FaultInstant | null
  readonly timeline: Timeline | null
  readonly episodes: readonly AnalysedEpisode[]
  readonly validity: Validity
  /** Names of containers that a roll-out did not come to. Not there when it came to all. */
  readonly withheld?: readonly string[]
}

export type Validity =
  | { readonly status: 'valid' }
  | { readonly status: 'invalid'; readonly reasons: readonly Invalidity[] }

/** Times in ms since the fault instant. The first is the one that `error_window_ms` tells of; later ones are relapses. */
export interface AnalysedEpisode {
  readonly first_bad_ms: number
  readonly last_bad_ms: number
  readonly bad: number
  /** All that were sent from the first bad one to the last. */
  readonly probes: number
  readonly outcomes: Episode['outcomes']
  readonly window_ms: Measured<Bracketed>
}

/** Computes everything that is told of a trial from what was recorded of it, and from nothing else. */
export function analyse(history: TrialHistory): Analysis {
  const { plan, events, samples } = history
  const probes = probesOf(samples)
  const frame = frameOf(history, probes)
  if (!frame) return unmeasured(history, probes)
  const episodes = episodesOf(frame)
  const groups = groupsOf(plan, events)
  const metrics = metricsOf(frame, episodes, groups)
  const evidence = { plan, events, frame, episodes, metrics, groups }
  const withheld = frame.struck.filter(one => one.withheld !== null).map(({ strike }) => strike.target.name)
  const reasons = VALIDITY_RULES.flatMap(rule => rule(evidence) ?? [])
  return {
    metrics,
    fault: frame.fault,
    timeline: timelineOf(frame, episodes, metrics, groups),
    episodes: episodes.map(episode => told(frame, episode)),
    validity: reasons.length === 0 ? { status: 'valid' } : { status: 'invalid', reasons },
    ...(withheld.length > 0 ? { withheld } : {}),
  }
}

function metricsOf(frame: Frame, episodes: readonly Episode[], groups: readonly PeerGroup[]): Metrics {
  const { outageMs, degradedMs } = outageAndDegraded(frame)
  const relapses = Math.max(0, episodes.length - 1)
  return {
    error_window_ms: errorWindowMs(frame, episodes),
    outage_ms: { value: outageMs },
    degraded_ms: { value: degradedMs },
    ...lost(frame),
    detection_ms: detectionMs(frame),
    ...recovery(frame, steadinessOf(frame), relapses),
    latency_restored_ms: latencyRestoredMs(frame),
    capacity_restored_ms: capacityRestoredMs(frame, groups),
    p99_ms: p99Ms(frame),
    share: share(frame, groups),
  }
}

function told({ probes, fault }: Frame, episode: Episode): AnalysedEpisode {
  const sinceFaultMs = (index: number) => (at(probes.dueUs, index) - fault.atUs) / 1000
  return {
    first_bad_ms: sinceFaultMs(episode.firstBad),
    last_bad_ms: sinceFaultMs(episode.lastBad),
    bad: episode.bad,
    probes: episode.probes,
    outcomes: episode.outcomes,
    window_ms: windowOf(probes, episode),
  }
}

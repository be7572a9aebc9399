import { detectionMs } from './detection.ts'
import { type Episode, episodesFrom, hiddenWindow } from './episodes.ts'
import { type Frame, frameOf, goodLatenciesMs, type TrialHistory } from './frame.ts'
import { lost, outageAndDegraded } from './lost.ts'
import type { Bracketed, Measured, Metrics } from './metrics.ts'
import { percentileMs } from './percentile.ts'
import { at } from './probes.ts'
import { dueBetween, latencyRestoredMs, recoveryMs } from './recovery.ts'
import { capacityRestoredMs, peerFinder, shares } from './shares.ts'
import { type Timeline, timelineOf } from './timeline.ts'
import type { Invalidity } from './validity/rule.ts'
import { VALIDITY_RULES } from './validity/rules.ts'

export interface Analysis {
  readonly metrics: Metrics
  readonly timeline: Timeline | null
  readonly episodes: readonly AnalysedEpisode[]
  readonly validity:
    | { readonly status: 'valid' }
    | { readonly status: 'invalid'; readonly reasons: readonly Invalidity[] }
}

/** Times in ms since the fault instant. The first is the one that `error_window_ms` tells of; later ones are relapses. */
export interface AnalysedEpisode {
  readonly first_bad_ms: number
  readonly last_bad_ms: number
  readonly bad: number
  readonly window_ms: Bracketed | null
}

/** Computes everything that is told of a trial from what was recorded of it, and from nothing else. */
export function analyse(history: TrialHistory): Analysis {
  const frame = frameOf(history)
  if (!frame) return nothingMeasured(history)
  const { plan, events, probes, fault } = frame
  const episodes = episodesFrom(probes, frame.firstTouched, plan.timing.steadyWindowMs * 1000)
  const peerOf = peerFinder(events, plan.peers)
  const metrics: Metrics = {
    ...windowMetrics(frame, episodes),
    ...recoveryMetrics(frame, episodes),
    detection_ms: detectionMs(frame),
    capacity_restored_ms: capacityRestoredMs(frame, peerOf),
    p99_ms: p99(frame),
    share: shares(frame, peerOf),
  }
  const evidence = { plan, events, frame, metrics, peerOf }
  const reasons = VALIDITY_RULES.flatMap(rule => rule(evidence) ?? [])
  return {
    metrics,
    timeline: timelineOf(frame, episodes, metrics),
    episodes: episodes.map(({ firstBad, lastBad, bad, windowMs }) => ({
      first_bad_ms: (at(probes.dueUs, firstBad) - fault.atUs) / 1000,
      last_bad_ms: (at(probes.dueUs, lastBad) - fault.atUs) / 1000,
      bad,
      window_ms: windowMs,
    })),
    validity: reasons.length === 0 ? { status: 'valid' } : { status: 'invalid', reasons },
  }
}

function windowMetrics(frame: Frame, episodes: readonly Episode[]) {
  const [first] = episodes
  const { requests, inFlight, total } = lost(frame)
  const { outageMs, degradedMs } = outageAndDegraded(frame)
  const unended = 'the run ended before a probe was good again'
  const window: Measured<Bracketed> = !first
    ? { value: hiddenWindow(frame.probes, frame.firstTouched) }
    : first.windowMs
      ? { value: first.windowMs }
      : { value: null, reason: unended }
  return {
    error_window_ms: window,
    outage_ms: { value: outageMs },
    degraded_ms: { value: degradedMs },
    lost_requests: { value: requests },
    lost_ms: { value: (requests * 1000) / frame.plan.probes.ratePerSecond },
    lost_in_flight: { value: inFlight },
    lost_new: { value: requests - inFlight },
    bad_share:
      total === 0 ? { value: null, reason: 'no probe after the fault' } : { value: requests / total },
  } satisfies Partial<Metrics>
}

function recoveryMetrics(frame: Frame, episodes: readonly Episode[]) {
  const recovered = recoveryMs(frame)
  const latency = latencyRestoredMs(frame)
  const censored = 'the run ended first'
  return {
    recovery_ms: recovered === null ? { value: null, reason: censored } : { value: recovered },
    censored: { value: recovered === null ? 1 : 0 },
    flaps: { value: Math.max(0, episodes.length - 1) },
    latency_restored_ms: latency === null ? { value: null, reason: censored } : { value: latency },
  } satisfies Partial<Metrics>
}

/** Of good answers, from their due times: what failed is counted elsewhere, and a quick refusal must not flatter. */
function p99(frame: Frame): Metrics['p99_ms'] {
  const { probes, baseline, fault, healUs } = frame
  const held = dueBetween(frame, fault.atUs, healUs)
  const before = percentileMs(goodLatenciesMs(probes, baseline.from, baseline.to), 99)
  if (before === null) return { value: null, reason: 'no good answer before the fault' }
  return {
    value: {
      before,
      during: percentileMs(goodLatenciesMs(probes, held.from, held.to), 99),
      after: percentileMs(goodLatenciesMs(probes, held.to, probes.length), 99),
    },
  }
}

function nothingMeasured({ events }: TrialHistory): Analysis {
  const note = events.findLast(event => event.type === 'note')
  const reason = note?.type === 'note' ? note.text : 'Nothing was broken, or no probe was recorded.'
  const missing = { value: null, reason }
  return {
    metrics: {
      error_window_ms: missing,
      outage_ms: missing,
      degraded_ms: missing,
      lost_requests: missing,
      lost_ms: missing,
      lost_in_flight: missing,
      lost_new: missing,
      bad_share: missing,
      detection_ms: missing,
      recovery_ms: missing,
      flaps: missing,
      censored: missing,
      latency_restored_ms: missing,
      capacity_restored_ms: missing,
      p99_ms: missing,
      share: missing,
    },
    timeline: null,
    episodes: [],
    validity: {
      status: 'invalid',
      reasons: [
        {
          code: 'nothing-measured',
          text: reason,
          advice: 'Look at events.ndjson and the containers’ logs of the trial.',
        },
      ],
    },
  }
}

import type { Analysis } from './analyse.ts'
import type { TrialHistory } from './frame.ts'
import type { Metrics } from './metrics.ts'
import type { Probes } from './probes.ts'
import type { Invalidity } from './validity/rule.ts'

/** A trial in which nothing was broken, or nobody watched: every metric is missing, and the trial is invalid. */
export function unmeasured({ events }: TrialHistory, probes: Probes): Analysis {
  const invalidity = whyNot(events, probes)
  const missing = { value: null, reason: invalidity.text }
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
    } satisfies Metrics,
    fault: null,
    timeline: null,
    episodes: [],
    validity: { status: 'invalid', reasons: [invalidity] },
  }
}

function whyNot(events: TrialHistory['events'], probes: Probes): Invalidity {
  if (probes.length === 0) {
    return {
      code: 'no-samples',
      text: 'No probe was sent.',
      advice: 'Look at the notes in events.ndjson for what the prober told.',
    }
  }
  const withheld = events.find(event => event.type === 'fault-withheld')
  return {
    code: 'nothing-broken',
    text: `Nothing was broken: ${withheld?.type === 'fault-withheld' ? withheld.reason : 'no fault was injected after a baseline.'}`,
    advice: 'Find out what is wrong with the system at rest: its logs are beside events.ndjson.',
  }
}

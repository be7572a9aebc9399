import { pause } from '../clock/pause.ts'
import { TrialClock } from '../clock/trial-clock.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import type { ProbeSettings } from '../experiment/experiment.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import { Recorder } from '../history/recorder.ts'
import type { LabelKeys } from '../plan/members.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import { boundClock } from '../run/bound-clock.ts'
import type { RunObserver } from '../run/observer.ts'
import { saveLogs } from '../run/save-logs.ts'
import { startTraffic, type TrafficPlan } from '../run/trial-traffic.ts'
import { watchTrial } from '../run/trial-watch.ts'
import type { Deed, Told } from './deed.ts'
import { interpret } from './interpret.ts'
import { separate } from './separate.ts'
import { eventsOfRecord } from './told-events.ts'
import { Hands } from './watch-hands.ts'

export interface RecordRequest {
  readonly engine: Engine
  /** The Compose project under its name as it runs. */
  readonly project: string
  readonly keys: LabelKeys
  readonly url: URL
  readonly instanceHeader: string
  readonly probes: ProbeSettings
  /** Recorded for so long, after the warm-up. */
  readonly forMs: number
  /** The trial's folder, which exists and is empty. */
  readonly folder: string
  readonly observer: RunObserver
  readonly onReady: () => void
  readonly onDeed: (deed: Deed) => void
  /** Before it is ready: gives up. After that: ends the record, as the time's being over does. */
  readonly signal: AbortSignal
}

export interface Recorded {
  readonly told: Told
  /** The containers as they were when it began. */
  readonly containers: readonly ContainerState[]
  readonly references: readonly ContainerRef[]
  readonly endUs: number
}

const WARM_UP_MS = 1500
/** Until then what is steady is measured; who breaks something sooner spoils it. */
const STEADY_MS = 3000

/**
 * Keeps probes on a system and takes down what is done to it by others. Nothing is done to it here. Leaves a history
 * in the folder, as a trial's, but for the manifest. Errors: ENGINE_LOST, TRAFFIC_FAILED, DISK_FULL.
 */
export async function runRecord(request: RecordRequest): Promise<Recorded> {
  const { engine, project, keys, folder, observer, signal } = request
  const clock = new TrialClock(process.hrtime.bigint())
  const failure = new AbortController()
  const abort = (error: unknown) => failure.abort(error)
  const watched = new AbortController()
  const containers = await engine.containers.list(project)
  const references = containers.map(container => referenceOf(container, keys))

  await using stack = new AsyncDisposableStack()
  const recorder = stack.use(await Recorder.open(folder))
  recorder.failed.catch(abort)
  const record = (event: HistoryEvent) => {
    recorder.event(event)
    observer.event(event)
  }
  await boundClock(engine, clock, record)
  const around = { engine, project, clock, containers, references, signal: watched.signal }
  const watch = watchTrial({ ...around, record })
  watch.catch(abort)
  const hands = await Hands.watch({ ...around, onDeed: request.onDeed })
  hands.watching.catch(abort)
  stack.defer(async () => {
    watched.abort()
    await Promise.allSettled([watch, hands.watching]) // their failures have ended the record already
  })
  const traffic = await startTraffic({ plan: trafficPlan(request), clock, recorder, record, observer })
  traffic.failed.catch(abort)
  stack.defer(() => traffic.stop())

  const early = AbortSignal.any([signal, failure.signal])
  record({ type: 'phase', phase: 'warm-up', atUs: clock.nowUs() })
  await pause(WARM_UP_MS, early)
  const warmUs = clock.nowUs()
  await pause(STEADY_MS, early)
  request.onReady()
  await pause(request.forMs, early).catch(error => {
    failure.signal.throwIfAborted()
    if (!signal.aborted) throw error
  })
  const endUs = clock.nowUs()
  await traffic.stop()
  await boundClock(engine, clock, record)
  const deeds = (await hands.deeds()).filter(({ atUs }) => atUs <= endUs)
  const told = separate(interpret(deeds, hands.attachments))
  if (told.strikes.length > 0)
    for (const event of eventsOfRecord({ strikes: told.strikes, warmUs, endUs })) recorder.event(event)
  await saveLogs(containers, engine, folder)
  return { told, containers, references, endUs }
}

/** Probes alone: more load than the system has already would be a deed of ours. */
function trafficPlan({ url, instanceHeader, probes, forMs }: RecordRequest): TrafficPlan {
  return {
    url: url.href,
    instanceHeader,
    timing: {
      warmUpMs: WARM_UP_MS,
      baselineMs: STEADY_MS,
      holdMs: forMs,
      recoveryMs: 0,
      steadyWindowMs: 5000,
    },
    phaseMs: 0,
    probes,
    load: { ratePerSecond: 0, connections: 1 },
    steadyState: { minSuccess: 0, maxP99Ms: probes.deadlineMs },
  }
}

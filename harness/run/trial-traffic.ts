import type { TrialClock } from '../clock/trial-clock.ts'
import type { HistoryEvent } from '../history/event.ts'
import type { Recorder } from '../history/recorder.ts'
import { OUTCOMES } from '../history/sample.ts'
import { decodeRows, emptyColumns, ROW_BYTES } from '../history/sample-row.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import { startTrafficProcess, type TrafficMessage, type TrafficProcess } from '../traffic/traffic-process.ts'
import type { RunObserver } from './observer.ts'
import { PhaseTally } from './phase-tally.ts'
import { RecoveryWatch } from './recovery-watch.ts'

export interface TrialTraffic {
  readonly tally: PhaseTally
  readonly recovery: RecoveryWatch
  /** Rejects if a traffic process ends unasked; never resolves. */
  readonly failed: Promise<never>
  /** Idempotent. */
  stop(): Promise<void>
}

/** What of a plan is about traffic. */
export type TrafficPlan = Pick<
  TrialPlan,
  'url' | 'instanceHeader' | 'timing' | 'phaseMs' | 'probes' | 'load' | 'steadyState'
>

export interface TrafficRequest {
  readonly plan: TrafficPlan
  readonly clock: TrialClock
  readonly recorder: Recorder
  readonly record: (event: HistoryEvent) => void
  readonly observer: RunObserver
}

/** Both streams stop by themselves this long after the planned end. */
const MARGIN_MS = 30_000

/** Starts the prober, and the load unless its rate is 0; their rows and remarks go into the history. */
export async function startTraffic({
  plan,
  clock,
  recorder,
  record,
  observer,
}: TrafficRequest): Promise<TrialTraffic> {
  const { warmUpMs, baselineMs, holdMs, recoveryMs } = plan.timing
  const settings = {
    url: plan.url,
    originNs: clock.originNs,
    instanceHeader: plan.instanceHeader.toLowerCase(),
    mostMs: warmUpMs + baselineMs + plan.phaseMs + holdMs + recoveryMs + MARGIN_MS,
    probes: plan.probes,
    load: plan.load,
  }
  const tally = new PhaseTally()
  const recovery = new RecoveryWatch(plan.timing.steadyWindowMs, plan.steadyState)
  const onMessage = (message: TrafficMessage) => {
    if (message.type === 'rows') recorder.rows(Buffer.from(message.rows))
    else record(eventOf(message, clock))
  }
  const processes: TrafficProcess[] = []
  processes.push(
    await startTrafficProcess('prober', settings, message => {
      onMessage(message)
      if (message.type === 'rows') countProbes(Buffer.from(message.rows), { tally, recovery, observer })
    }),
  )
  try {
    if (plan.load.ratePerSecond > 0) processes.push(await startTrafficProcess('load', settings, onMessage))
  } catch (error) {
    await Promise.all(processes.map(one => one.stop()))
    throw error
  }
  return {
    tally,
    recovery,
    failed: Promise.race(processes.map(one => one.failed)),
    async stop() {
      await Promise.all(processes.map(one => one.stop()))
    },
  }
}

function eventOf(message: Exclude<TrafficMessage, { type: 'rows' }>, clock: TrialClock): HistoryEvent {
  switch (message.type) {
    case 'instance':
      return { ...message, atUs: clock.nowUs() }
    case 'note':
      return { ...message, atUs: clock.nowUs() }
    case 'health':
      return { ...message, type: 'prober-health' }
  }
}

function countProbes(
  rows: Buffer,
  { tally, recovery, observer }: Pick<TrialTraffic, 'tally' | 'recovery'> & { observer: RunObserver },
): void {
  const count = Math.floor(rows.length / ROW_BYTES)
  const columns = emptyColumns(count)
  decodeRows(rows, count, columns, 0)
  for (let index = 0; index < count; index += 1) {
    const good = OUTCOMES[columns.outcome[index] ?? 0] === 'ok'
    const dueUs = columns.dueUs[index] ?? 0
    const latencyMs = ((columns.endedUs[index] ?? 0) - dueUs) / 1000
    tally.add(good, latencyMs)
    recovery.add({ dueUs, good, latencyMs, instance: columns.instance[index] ?? 0 })
    observer.probe({ good, latencyMs })
  }
}

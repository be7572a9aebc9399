import { pause, pauseAtMost } from '../clock/pause.ts'
import { TrialClock } from '../clock/trial-clock.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import type { ContainerRef, HistoryEvent, Phase } from '../history/event.ts'
import { Recorder } from '../history/recorder.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import type { UndoJournal } from '../undo/journal.ts'
import { boundClock } from './bound-clock.ts'
import type { RunObserver } from './observer.ts'
import { saveLogs } from './save-logs.ts'
import { Strikes } from './strikes.ts'
import { startTraffic } from './trial-traffic.ts'
import { watchTrial } from './trial-watch.ts'

export interface TrialRequest {
  readonly plan: TrialPlan
  readonly project: string
  readonly engine: Engine
  readonly containers: readonly ContainerState[]
  readonly references: readonly ContainerRef[]
  /** The trial's folder, which exists and is empty but for `logs/`. */
  readonly folder: string
  readonly journal: UndoJournal
  readonly observer: RunObserver
  readonly signal: AbortSignal
}

/** A phase that ends so late has not been held up: timers are late. */
const SLIP_US = 100_000

/**
 * Carries out one trial and leaves its raw history in the folder; it judges nothing.
 *
 *   warm-up ─> baseline ─> hold: strikes come, and some go ─> the others are healed ─> recovery ─> done
 *
 * If it throws, what the journal holds is still to be undone, by the caller.
 */
export async function runTrial(request: TrialRequest): Promise<void> {
  const { plan, engine, observer, containers } = request
  const clock = new TrialClock(process.hrtime.bigint())
  const failure = new AbortController()
  const signal = AbortSignal.any([request.signal, failure.signal])
  const abort = (error: unknown) => failure.abort(error)

  await using stack = new AsyncDisposableStack()
  const recorder = stack.use(await Recorder.open(request.folder))
  recorder.failed.catch(abort)
  const record = (event: HistoryEvent) => {
    recorder.event(event)
    observer.event(event)
  }

  await boundClock(engine, clock, record)
  const watched = new AbortController()
  const watch = watchTrial({ ...request, clock, record, signal: watched.signal })
  watch.catch(abort)
  stack.defer(async () => {
    watched.abort()
    await watch.catch(() => undefined) // its failure has aborted the trial already
  })

  const strikes = await Strikes.arm(plan, { ...request, clock, record })
  stack.defer(() => strikes.disarm())
  const traffic = await startTraffic({ plan, clock, recorder, record, observer }).catch(error => {
    signal.throwIfAborted() // a Ctrl-C in a terminal reaches the traffic processes too
    throw error
  })
  traffic.failed.catch(abort)
  stack.defer(() => traffic.stop())

  let phaseEndsUs = clock.nowUs()
  const phase = (name: Phase, lengthMs: number, early?: Promise<void>) => {
    record({ type: 'phase', phase: name, atUs: clock.nowUs() })
    observer.phase(name, lengthMs)
    phaseEndsUs += lengthMs * 1000
    const leftMs = (phaseEndsUs - clock.nowUs()) / 1000
    return early ? pauseAtMost(leftMs, early, signal) : pause(leftMs, signal)
  }

  const { timing } = plan
  await phase('warm-up', timing.warmUpMs)
  traffic.tally.reset()
  traffic.recovery.baselineBegins()
  await phase('baseline', timing.baselineMs + plan.phaseMs)
  traffic.recovery.faultBegins()
  const unsteady = traffic.tally.unsteady(plan.steadyState)
  if (unsteady) {
    record({ type: 'fault-withheld', atUs: clock.nowUs(), reason: unsteady })
  } else {
    const beganUs = phaseEndsUs
    const held = phase('fault', timing.holdMs)
    await Promise.all([strikes.run(beganUs, signal), held])
    phaseEndsUs = Math.max(phaseEndsUs, clock.nowUs() - SLIP_US) // what took longer than the hold takes nothing of the recovery
    const early = plan.recoveryEnds === 'once-steady' ? traffic.recovery.steady : undefined
    const recovered = phase('recovery', timing.recoveryMs, early)
    const healed = strikes.heal(signal).then(() => traffic.recovery.recoveryBegins(clock.nowUs()))
    await Promise.all([healed, recovered])
  }
  record({ type: 'phase', phase: 'done', atUs: clock.nowUs() })
  await traffic.stop()
  signal.throwIfAborted()
  await boundClock(engine, clock, record)
  await saveLogs(containers, engine, request.folder)
}

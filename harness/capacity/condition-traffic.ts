import { pauseAtMost } from '../clock/pause.ts'
import { TrialClock } from '../clock/trial-clock.ts'
import { defaultProbes } from '../experiment/experiment.ts'
import type { HistoryEvent } from '../history/event.ts'
import { Recorder } from '../history/recorder.ts'
import type { SampleColumns } from '../history/sample-row.ts'
import type { TrafficSettings } from '../traffic/protocol.ts'
import { startTrafficProcess, type TrafficMessage, type TrafficProcess } from '../traffic/traffic-process.ts'
import { busyShare, readCpuTimes } from './cpu-meter.ts'
import { Hopeless } from './hopeless.ts'
import type { Limits } from './judge-step.ts'
import { ProbeWatch } from './probe-watch.ts'
import { columnsOf } from './rows.ts'
import type { Calm, Step } from './step.ts'

export interface TrafficRequest {
  readonly url: URL
  readonly path: string
  readonly instanceHeader: string
  /** Holds `events.ndjson` and `samples.bin` afterwards; exists, and has neither. */
  readonly folder: string
  readonly limits: Limits
  readonly stepMs: number
  readonly seed: number
  readonly signal: AbortSignal
}

export interface CalmRequest {
  readonly cleanMs: number
  /** Who must have answered meanwhile: parts of the instance header's values. */
  readonly expected: ReadonlySet<string>
  readonly limitMs: number
}

/** At each rate so many of the requests are probes: enough to tell when the system is steady, and no burden. */
const PROBES_PER_SECOND = 20
/** The rest is at least as much. */
export const LEAST_RATE = 2 * PROBES_PER_SECOND
const MOST_CLIENTS = 1000
/** A condition's time line is as long as a sample can tell, 71 minutes; nothing is sent beyond this. */
const MOST_MS = 60 * 60_000
const LOOK_EVERY_MS = 100

/** Before a step counts, its rate has been there for so much of the step's length. */
export const SETTLE_PART = 0.25

/** Probes that go on through a condition, and load that comes and goes. What they send is recorded. */
export class ConditionTraffic implements AsyncDisposable {
  readonly clock = new TrialClock(process.hrtime.bigint())
  readonly #request: TrafficRequest
  readonly #recorder: Recorder
  readonly #watch: ProbeWatch
  readonly #failure = new AbortController()
  readonly #signal: AbortSignal
  #prober: TrafficProcess | undefined
  #load: TrafficProcess | undefined
  #arrived = Promise.withResolvers<void>()
  #batches: Buffer[] = []
  #hopeless: Hopeless | undefined
  #stalledUs = 0
  #steps = 0

  private constructor(request: TrafficRequest, recorder: Recorder) {
    this.#request = request
    this.#recorder = recorder
    this.#watch = new ProbeWatch(request.limits.maxP99Ms)
    this.#signal = AbortSignal.any([request.signal, this.#failure.signal])
    recorder.failed.catch((error: unknown) => this.#failure.abort(error))
  }

  /** Errors: TRAFFIC_FAILED, DISK_FULL, RESULTS_UNWRITABLE. */
  static async open(request: TrafficRequest): Promise<ConditionTraffic> {
    const traffic = new ConditionTraffic(request, await Recorder.open(request.folder))
    try {
      traffic.#prober = await traffic.#start('prober', 0, 1)
      return traffic
    } catch (error) {
      await traffic[Symbol.asyncDispose]()
      throw error
    }
  }

  record(event: HistoryEvent): void {
    this.#recorder.event(event)
  }

  /** Probes alone: waits until all have been well for a while; `undefined` when that does not come in time. */
  async calm({ cleanMs, expected, limitMs }: CalmRequest): Promise<Calm | undefined> {
    const [fromUs, before] = [this.clock.nowUs(), readCpuTimes()]
    this.#watch.restart(fromUs)
    const isCalm = () =>
      this.#watch.calmMs >= cleanMs && [...expected].every(name => this.#watch.answered.has(name))
    if (!(await this.#until(isCalm, limitMs))) return undefined
    const atUs = this.clock.nowUs()
    return {
      type: 'calm',
      atUs,
      waitedMs: (atUs - fromUs) / 1000,
      busy: busyShare(before, readCpuTimes()),
      instances: [...this.#watch.answered].sort(),
    }
  }

  /** One rate, held for the step's length, or until it is hopeless. */
  async step(rate: number): Promise<{ step: Step; rows: SampleColumns }> {
    const { limits, stepMs } = this.#request
    const loadRate = rate - PROBES_PER_SECOND
    // As many as would be under way if each answer took as long as it may.
    const clients = Math.min(
      MOST_CLIENTS,
      loadRate,
      Math.max(2, Math.ceil((loadRate * limits.maxP99Ms) / 1000)),
    )
    this.#steps += 1
    this.#load = await this.#start('load', loadRate, clients)
    const before = readCpuTimes() // a step may end early, too soon to tell how busy the machine was in it alone
    await this.#until(() => false, stepMs * SETTLE_PART)
    const fromUs = this.clock.nowUs()
    const hopeless = new Hopeless(limits, { rate, stepMs, fromUs })
    this.#hopeless = hopeless
    this.#stalledUs = 0
    const ended = (await this.#until(() => hopeless.isSo, stepMs)) ? 'early' : 'whole'
    const [toUs, after] = [this.clock.nowUs(), readCpuTimes()]
    this.#hopeless = undefined
    await this.#stopLoad()
    // Probes are told in the order of their ends: with one that ended later, all of the step's are here.
    await this.#until(() => this.#watch.newestEndUs >= toUs, defaultProbes.deadlineMs * 3)
    const rows = columnsOf(this.#batches)
    this.#batches = []
    return {
      step: {
        type: 'step',
        rate,
        clients,
        fromUs,
        toUs,
        ended,
        busy: busyShare(before, after),
        stalledMs: this.#stalledUs / 1000,
      },
      rows,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = await Promise.allSettled([this.#load?.stop(), this.#prober?.stop()])
    await this.#recorder[Symbol.asyncDispose]()
    if (this.#signal.aborted) return // why, is known already
    for (const result of stopped) if (result.status === 'rejected') throw result.reason
  }

  async #stopLoad(): Promise<void> {
    const load = this.#load
    this.#load = undefined
    await load?.stop()
  }

  async #start(stream: 'prober' | 'load', rate: number, connections: number): Promise<TrafficProcess> {
    const { url, path, instanceHeader, seed } = this.#request
    const settings: TrafficSettings = {
      url: url.href,
      originNs: this.clock.originNs,
      instanceHeader: instanceHeader.toLowerCase(),
      mostMs: MOST_MS,
      probes: { ...defaultProbes, ratePerSecond: PROBES_PER_SECOND, path },
      load: { ratePerSecond: rate, connections },
      seed: seed + this.#steps,
    }
    const started = await startTrafficProcess(stream, settings, message => this.#take(message)).catch(
      error => {
        this.#signal.throwIfAborted() // a Ctrl-C in a terminal reaches the traffic processes too
        throw error
      },
    )
    started.failed.catch((error: unknown) => this.#failure.abort(error))
    return started
  }

  #take(message: TrafficMessage): void {
    const atUs = this.clock.nowUs()
    if (message.type === 'rows') this.#takeRows(Buffer.from(message.rows))
    else if (message.type === 'note') this.record({ ...message, atUs })
    else if (message.type === 'instance') {
      this.#watch.learn(message.index, message.value)
      this.record({ ...message, atUs })
    } else {
      this.#stalledUs = Math.max(this.#stalledUs, message.maxLoopDelayUs)
      this.record({ ...message, type: 'prober-health' })
    }
  }

  #takeRows(batch: Buffer): void {
    this.#recorder.rows(batch)
    this.#batches.push(batch)
    const rows = columnsOf([batch])
    this.#watch.add(rows)
    this.#hopeless?.add(rows)
    this.#arrived.resolve()
    this.#arrived = Promise.withResolvers()
  }

  /** Whether it came to be so within the limit. */
  async #until(isSo: () => boolean, limitMs: number): Promise<boolean> {
    const endsMs = performance.now() + limitMs
    while (!isSo()) {
      const leftMs = endsMs - performance.now()
      if (leftMs <= 0) return false
      await pauseAtMost(Math.min(leftMs, LOOK_EVERY_MS), this.#arrived.promise, this.#signal)
    }
    return true
  }
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ShedReason } from '../limits/load-shedder.ts'
import type { GatewayErrorCode } from '../server/own-answer.ts'

/** Seconds. From a cheap answer on loopback to the longest deadline that is usual. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface RequestSample {
  readonly route: string
  readonly consumer: string
  /** `undefined`: the client left before there was one. */
  readonly status: number | undefined
  readonly seconds: number
}

export interface AttemptSample {
  readonly upstream: string
  readonly app: string
  /** The answer's class, or the kind of failure. */
  readonly outcome: string
  readonly seconds: number
}

/** What is read at the moment of asking. */
export interface Readings {
  readonly inFlight: () => number
  readonly shedShare: () => number
  readonly breakers: () => readonly {
    readonly upstream: string
    readonly app: string
    readonly level: number
  }[]
  readonly bulkheads: () => readonly {
    readonly upstream: string
    readonly active: number
    readonly waiting: number
  }[]
  readonly apps: () => readonly { readonly app: string; readonly up: number }[]
}

/** The labels' values are those of the configuration and of fixed lists: whoever calls, they stay few. */
export class GatewayMetrics {
  readonly registry = new Registry()
  readonly #requests: Child
  readonly #attempts: Child
  readonly #ownErrors: Counter
  readonly #shed: Counter

  constructor() {
    const registers = [this.registry]
    this.#requests = children(
      new Histogram({
        name: 'gateway_request_duration_seconds',
        help: 'From the head of a request to the end of its answer.',
        labelNames: ['route', 'status', 'consumer'],
        buckets: BUCKETS,
        registers,
      }),
    )
    this.#attempts = children(
      new Histogram({
        name: 'gateway_upstream_attempt_duration_seconds',
        help: 'One attempt at one app, to the head of its answer.',
        labelNames: ['upstream', 'app', 'outcome'],
        buckets: BUCKETS,
        registers,
      }),
    )
    this.#ownErrors = new Counter({
      name: 'gateway_own_errors_total',
      help: 'Answers that are refusals or failures of the gateway itself.',
      labelNames: ['code'],
      registers,
    })
    this.#shed = new Counter({
      name: 'gateway_shed_total',
      help: 'Requests turned away to keep the others going.',
      labelNames: ['reason'],
      registers,
    })
    for (const reason of ['concurrency', 'lag'] satisfies ShedReason[]) this.#shed.inc({ reason }, 0)
  }

  sawRequest({ route, consumer, status, seconds }: RequestSample): void {
    const shown = status === undefined ? 'client-gone' : `${Math.trunc(status / 100)}xx`
    this.#requests(route, shown, consumer).observe(seconds)
  }

  sawAttempt({ upstream, app, outcome, seconds }: AttemptSample): void {
    this.#attempts(upstream, app, outcome).observe(seconds)
  }

  sawOwnError(code: GatewayErrorCode): void {
    this.#ownErrors.inc({ code })
  }

  sawShed(reason: ShedReason): void {
    this.#shed.inc({ reason })
  }

  /** The process's own figures, and what is read when asked; once, by whom the gateway is put together. */
  read(readings: Readings): void {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry, prefix: 'gateway_', eventLoopMonitoringPrecision: 100 })
    gauge('gateway_requests_in_flight', 'Requests being handled.', [], g => g.set(readings.inFlight()))
    gauge('gateway_shed_share', 'Share of requests turned away for lag of the event loop.', [], g =>
      g.set(readings.shedShare()),
    )
    gauge('gateway_breaker_state', '0 closed, 1 half-open, 2 open.', ['upstream', 'app'], g => {
      for (const { upstream, app, level } of readings.breakers()) g.set({ upstream, app }, level)
    })
    gauge('gateway_bulkhead_active', 'Requests inside.', ['upstream'], g => {
      for (const { upstream, active } of readings.bulkheads()) g.set({ upstream }, active)
    })
    gauge('gateway_bulkhead_waiting', 'Requests in the queue.', ['upstream'], g => {
      for (const { upstream, waiting } of readings.bulkheads()) g.set({ upstream }, waiting)
    })
    gauge('gateway_app_up', '1 up, 0 down, by the checks.', ['app'], g => {
      for (const { app, up } of readings.apps()) g.set({ app }, up)
    })

    function gauge(name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void) {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          read(this)
        },
      })
    }
  }
}

type Child = (...values: [string, string, string]) => Histogram.Internal<string>

/** prom-client sorts and hashes labels at each call; the same few come again and again. */
function children(histogram: Histogram): Child {
  const known = new Map<string, Histogram.Internal<string>>()
  return (...values) => {
    const key = values.join('\n')
    let child = known.get(key)
    if (!child) {
      child = histogram.labels(...values)
      known.set(key, child)
    }
    return child
  }
}

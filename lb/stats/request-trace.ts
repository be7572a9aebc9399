import { performance } from 'node:perf_hooks'
import type { Exchange } from '../proxy/exchange.ts'
import type { RequestId } from '../proxy/origin/request-id.ts'
import type { Server } from '../server/server.ts'
import type { Failure } from '../upstream/failure.ts'
import type { Connection } from './connection.ts'
import type { EndedRequest, Ending, Phase } from './ended-request.ts'
import type { TrafficStats } from './traffic-stats.ts'

export interface TraceTotals {
  readonly backend: TrafficStats
  readonly onEnd: (request: EndedRequest, server: Server | undefined) => void
}

/** What is told of a request and of how it ended. */
export type TracedExchange = Pick<Exchange, 'head' | 'socket' | 'client' | 'status' | 'state' | 'onClosed'>

/** What an attempt knows of its connection once the answer's head is there. */
export interface AnsweredAttempt {
  readonly server: Server
  /** On the monotonic clock. */
  readonly connectedMs: number
  readonly connection: 'fresh' | 'reused'
}

/**
 * Follows one request from its head to its end, and counts as it goes.
 *
 *     begun ── picked ── (failed ── again ── picked)* ── answered ── settled, and the response closed ──> ended
 *                └── hedged ── picked
 */
export class RequestTrace {
  readonly id: RequestId | undefined
  readonly #totals: TraceTotals
  readonly #exchange: TracedExchange
  readonly #connection: Connection
  readonly #atMs: number
  readonly #startMs = performance.now()
  readonly #requestMs: number | undefined
  readonly #spent = { retries: 0, redispatches: 0, hedges: 0 }
  #server: Server | undefined
  #phase: Phase = 'request'
  #cut = false
  #reason: string | undefined
  #pickedMs: number | undefined
  #connectedMs: number | undefined
  #answeredMs: number | undefined

  constructor(
    exchange: TracedExchange,
    id: RequestId | undefined,
    connection: Connection,
    atMs: number,
    totals: TraceTotals,
  ) {
    this.id = id
    this.#exchange = exchange
    this.#connection = connection
    this.#totals = totals
    this.#atMs = atMs
    this.#requestMs = connection.requests === 0 ? this.#startMs - connection.acceptedMs : undefined
    connection.requests += 1
  }

  /** No server is found yet, but one is looked for. */
  queued(): void {
    this.#phase = 'queue'
  }

  /** An attempt begins: the first, a retry or a hedge. */
  picked(server: Server): void {
    this.#pickedMs ??= performance.now()
    this.#server = server
    this.#phase = 'connect'
    countPicked(server.traffic, this.#atMs)
    countPicked(this.#totals.backend, this.#atMs)
    server.traffic.rate.add(this.#atMs)
  }

  /** A server has it, and has not answered. */
  sent(): void {
    this.#phase = 'headers'
  }

  hedged(server: Server): void {
    this.#spent.hedges += 1
    server.traffic.hedges += 1
    this.#totals.backend.hedges += 1
  }

  failed(server: Server, { stage }: Failure): void {
    if (stage === 'sent') this.#phase = 'headers'
    for (const stats of [server.traffic, this.#totals.backend]) {
      if (stage === 'unsent') stats.connectErrors += 1
      else stats.answerErrors += 1
    }
  }

  /** It failed there, and goes to another server, or to the same once more. */
  again(server: Server, { stage }: Failure): void {
    const kind = stage === 'unsent' ? 'redispatches' : 'retries'
    this.#spent[kind] += 1
    server.traffic[kind] += 1
    this.#totals.backend[kind] += 1
  }

  answered({ server, connectedMs, connection }: AnsweredAttempt): void {
    this.#server = server
    this.#phase = 'data'
    this.#connectedMs = connectedMs
    this.#answeredMs = performance.now()
    const kind = connection === 'fresh' ? 'connects' : 'reuses'
    server.traffic[kind] += 1
    this.#totals.backend[kind] += 1
  }

  cut(): void {
    this.#cut = true
  }

  /** Nothing more will be tried; the client may still be reading. */
  settle(reason: string | undefined): void {
    this.#reason = reason
    this.#exchange.onClosed(() => this.#end())
  }

  #end(): void {
    const { head, client, status, state } = this.#exchange
    const ending: Ending = this.#cut ? 'cut' : state === 'whole' ? 'whole' : 'client-gone'
    const server = this.#server
    const ended: EndedRequest = {
      atMs: this.#atMs,
      id: this.id?.value,
      client,
      method: head.method,
      url: head.url,
      server: server?.name,
      status,
      ending,
      phase: this.#phase,
      reason: this.#reason,
      retries: this.#spent.retries,
      redispatches: this.#spent.redispatches,
      hedges: this.#spent.hedges,
      bytesIn: this.#connection.takeIn(),
      bytesOut: this.#connection.takeOut(),
      requestMs: this.#requestMs,
      queueMs: span(this.#startMs, this.#pickedMs),
      connectMs: span(this.#pickedMs, this.#connectedMs),
      answerMs: span(this.#connectedMs, this.#answeredMs),
      totalMs: performance.now() - this.#startMs,
    }
    this.#totals.onEnd(ended, server)
  }
}

function countPicked(stats: TrafficStats, atMs: number): void {
  stats.picked += 1
  stats.lastRequestMs = atMs
}

/** A kept connection was there before it was wanted. */
function span(fromMs: number | undefined, toMs: number | undefined): number | undefined {
  return fromMs === undefined || toMs === undefined ? undefined : Math.max(0, toMs - fromMs)
}

import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { RequestId } from '../proxy/origin/request-id.ts'
import type { Server } from '../server/server.ts'
import { Connection } from './connection.ts'
import type { EndedRequest } from './ended-request.ts'
import { FrontendStats } from './frontend-stats.ts'
import { RequestTrace, type TracedExchange, type TraceTotals } from './request-trace.ts'
import { TrafficStats } from './traffic-stats.ts'

/** All that passes through, counted. One for the balancer's life: a reload changes the servers, not the totals. */
export class Traffic {
  readonly frontend = new FrontendStats()
  readonly backend = new TrafficStats()
  #underWay = 0
  readonly #connections = new WeakMap<Socket, Connection>()
  readonly #totals: TraceTotals
  readonly #nowMs: () => number

  constructor(nowMs: () => number, onEnd: (request: EndedRequest) => void) {
    this.#nowMs = nowMs
    this.#totals = {
      backend: this.backend,
      onEnd: (request, server) => {
        this.#count(request, server)
        onEnd(request)
      },
    }
  }

  /** Requests that have begun and not ended. */
  get underWay(): number {
    return this.#underWay
  }

  accept(socket: Socket): void {
    this.#connections.set(socket, new Connection(socket, performance.now()))
    this.frontend.opened(this.#nowMs())
    socket.once('close', () => this.frontend.closed())
  }

  /** A request's head is in. */
  begin(exchange: TracedExchange, id: RequestId | undefined): RequestTrace {
    const nowMs = this.#nowMs()
    this.frontend.requests += 1
    this.frontend.requestRate.add(nowMs)
    this.backend.rate.add(nowMs)
    this.#underWay += 1
    this.backend.currentMax = Math.max(this.backend.currentMax, this.#underWay)
    const { socket } = exchange
    let connection = this.#connections.get(socket)
    if (!connection) {
      connection = new Connection(socket, performance.now())
      this.#connections.set(socket, connection)
    }
    return new RequestTrace(exchange, id, connection, nowMs, this.#totals)
  }

  #count(ended: EndedRequest, server: Server | undefined): void {
    const { bytesIn, bytesOut, status } = ended
    this.#underWay -= 1
    this.frontend.bytesIn += bytesIn
    this.frontend.bytesOut += bytesOut
    if (status > 0) this.frontend.answers.add(status)
    if (ended.phase === 'request') {
      this.frontend.refused += 1
      return
    }
    add(this.backend, ended)
    if (status > 0) this.backend.answers.add(status)
    if (!server) return
    add(server.traffic, ended)
    // What the balancer said itself is no answer of the server's.
    if (ended.phase === 'data' && status > 0) server.traffic.answers.add(status)
  }
}

function add(stats: TrafficStats, ended: EndedRequest): void {
  stats.requests += 1
  stats.bytesIn += ended.bytesIn
  stats.bytesOut += ended.bytesOut
  stats.totalMs.add(ended.totalMs)
  if (ended.ending === 'client-gone') stats.clientAborts += 1
  if (ended.ending === 'cut') {
    stats.serverAborts += 1
    stats.answerErrors += 1
  }
  if (ended.queueMs !== undefined) stats.queueMs.add(ended.queueMs)
  if (ended.connectMs !== undefined) stats.connectMs.add(ended.connectMs)
  if (ended.answerMs !== undefined) stats.answerMs.add(ended.answerMs)
}

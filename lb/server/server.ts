import { HealthStats } from '../stats/health-stats.ts'
import { TrafficStats } from '../stats/traffic-stats.ts'
import type { Attempt } from '../upstream/attempt.ts'
import { ConnectionPool, type PoolLimits } from '../upstream/connection-pool.ts'
import type { Administration } from './administration.ts'
import { Conduct } from './conduct.ts'
import { Ejection } from './ejection.ts'
import type { ServerState } from './server-state.ts'
import { Silence } from './silence.ts'
import { type Finding, Suspicion } from './suspicion.ts'
import type { Trial } from './trial.ts'
import { UnderWay } from './under-way.ts'

export interface ServerIdentity {
  readonly name: string
  readonly zone: string
  readonly host: string
  readonly port: number
  /** Against its peers'; 0 takes it out of rotation. */
  readonly weight: number
}

export interface ServerLimits {
  readonly pool: PoolLimits
  readonly ejection: { readonly baseMs: number; readonly maxMs: number }
  readonly slowstartMs: number
}

export interface ServerSurroundings {
  /** Where all connections' reads land. */
  readonly buffer: Buffer
  /** The listening clock. */
  readonly listenedMs: () => number
  /** The wall clock. */
  readonly nowMs: () => number
}

/** Slow start begins here: at nothing, nothing would ever be learnt. */
const LEAST_SHARE = 0.1
/** The part of a new value in the mean latency. */
const NEW_PART = 0.2

/** One server of the backend: its state, where it is, what it has under way, how it has behaved. */
export class Server {
  readonly name: string
  readonly zone: string
  readonly host: string
  readonly port: number
  state: ServerState
  administration: Administration = 'ready'
  weight: number
  /** Why it is in this state. */
  cause = 'starting'
  sinceMs: number
  /** Its IPv4 address, once known. */
  address: string | null = null
  pool: ConnectionPool
  readonly health: HealthStats
  readonly traffic = new TrafficStats()
  readonly checks = { passed: 0, failed: 0 }
  readonly sessions = { current: 0, total: 0 }
  /** Attempts that failed here and went elsewhere. */
  retries = 0
  /** Asks its health check to look now. */
  checkNow: () => void = () => undefined
  /** A request here has ended: another may have its place. */
  onFree: () => void = () => undefined
  readonly silence = new Silence()
  readonly suspicion = new Suspicion()
  readonly conduct = new Conduct()
  readonly ejection = new Ejection()
  /** Its conduct is in doubt: one request at a time. */
  trial: Trial | undefined
  /** When it came back after an absence, on the listening clock. */
  #returnedMs = Number.NEGATIVE_INFINITY
  /** Mean time to the head of an answer; 0: not known yet. */
  latencyMs = 0
  readonly #around: ServerSurroundings
  #limits: ServerLimits
  readonly #active = new UnderWay<Attempt>()

  constructor(
    identity: ServerIdentity,
    limits: ServerLimits,
    around: ServerSurroundings,
    state: ServerState,
  ) {
    this.name = identity.name
    this.zone = identity.zone
    this.host = identity.host
    this.port = identity.port
    this.weight = identity.weight
    this.health = new HealthStats(around.nowMs())
    this.#limits = limits
    this.#around = around
    this.state = state
    this.sinceMs = around.nowMs()
    this.ejection.limit(limits.ejection)
    this.pool = new ConnectionPool(limits.pool, around.buffer)
  }

  get location(): string | null {
    return this.address === null ? null : `${this.address}:${this.port}`
  }

  /** What is under way now. */
  get active(): readonly Attempt[] {
    return this.#active.all()
  }

  /** It has a request whose answer has not begun: tunnels and long answers say nothing more of its conduct. */
  get isAsked(): boolean {
    return this.active.some(({ stage }) => stage !== 'answered')
  }

  /** What it counts for now: of its weight all, or, while it starts slowly, a growing part. */
  get share(): number {
    if (this.#returnedMs === Number.NEGATIVE_INFINITY) return this.weight
    const { slowstartMs } = this.#limits
    const sinceMs = this.nowMs() - this.#returnedMs
    if (sinceMs < slowstartMs) return this.weight * Math.max(LEAST_SHARE, sinceMs / slowstartMs)
    this.#returnedMs = Number.NEGATIVE_INFINITY
    return this.weight
  }

  nowMs(): number {
    return this.#around.listenedMs()
  }

  /** A restarted container may be elsewhere; nothing that leads to the old address may be used again. */
  moveTo(address: string): void {
    if (this.address === address) return
    this.address = address
    this.#renewPool()
  }

  limit(limits: ServerLimits): void {
    const { maxIdle, keepaliveMs } = this.#limits.pool
    this.#limits = limits
    this.ejection.limit(limits.ejection)
    if (limits.pool.maxIdle !== maxIdle || limits.pool.keepaliveMs !== keepaliveMs) this.#renewPool()
  }

  /** The time at which it began. */
  begin(attempt: Attempt): number {
    this.sessions.current += 1
    this.sessions.total += 1
    if (this.sessions.current > this.traffic.currentMax) this.traffic.currentMax = this.sessions.current
    this.#active.add(attempt)
    return this.nowMs()
  }

  end(attempt: Attempt): void {
    if (!this.#active.remove(attempt)) return
    this.sessions.current -= 1
    this.onFree()
  }

  /** A request is with it, all of it, and it is its turn to speak. The time of that. */
  waitsFor(): number {
    const nowMs = this.nowMs()
    this.silence.began(nowMs)
    return nowMs
  }

  /** Nobody waits for that request's answer any more. */
  waitsNoMore(): void {
    this.silence.ended()
  }

  /** Bytes have come, whoever's. The time of that. */
  heard(): number {
    const nowMs = this.nowMs()
    this.silence.heard(nowMs)
    return nowMs
  }

  /** It has been silent for longer than it ever is, and has given no good answer since. */
  get isSilent(): boolean {
    return this.suspicion.isHeld
  }

  /** `mute`: several requests in a row should have been answered by now, and it has said nothing at all. */
  listenFor(nowMs: number, traffic: 'ordinary' | 'mute'): Finding {
    if (traffic === 'mute' || this.silence.isOdd(nowMs)) return this.suspicion.silent(nowMs)
    return this.suspicion.ordinary(this.silence.isAwaited ? 'wait' : 'none', nowMs)
  }

  /** The head of an answer took so long. */
  learn(headMs: number): void {
    this.latencyMs += (headMs - this.latencyMs) * (this.latencyMs === 0 ? 1 : NEW_PART)
  }

  /** It has answered well, and in time. */
  didWell(): void {
    this.suspicion.answered('good')
    if (this.trial?.good() === 'passed') this.trial = undefined
  }

  startSlowly(): void {
    this.#returnedMs = this.nowMs()
  }

  abandonUnanswered(): void {
    for (const attempt of this.active) attempt.abandonIfUnanswered()
  }

  #renewPool(): void {
    this.pool.retire()
    this.pool = new ConnectionPool(this.#limits.pool, this.#around.buffer)
  }
}

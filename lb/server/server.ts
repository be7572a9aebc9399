import { HealthStats } from '../stats/health-stats.ts'
import { TrafficStats } from '../stats/traffic-stats.ts'
import type { Attempt } from '../upstream/attempt.ts'
import { ConnectionPool, type PoolLimits } from '../upstream/connection-pool.ts'
import type { Administration } from './administration.ts'
import type { ServerState } from './server-state.ts'

export interface ServerIdentity {
  readonly name: string
  readonly zone: string
  readonly host: string
  readonly port: number
  /** Against its peers'; 0 takes it out of rotation. */
  readonly weight: number
}

/** One server of the backend: its state, where it is, what it has under way. */
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
  #limits: PoolLimits
  readonly #unanswered = new Set<Attempt>()

  constructor(identity: ServerIdentity, limits: PoolLimits, state: ServerState, nowMs: number) {
    this.name = identity.name
    this.zone = identity.zone
    this.host = identity.host
    this.port = identity.port
    this.weight = identity.weight
    this.health = new HealthStats(nowMs)
    this.#limits = limits
    this.state = state
    this.sinceMs = nowMs
    this.pool = new ConnectionPool(limits)
  }

  get location(): string | null {
    return this.address === null ? null : `${this.address}:${this.port}`
  }

  /** A restarted container may be elsewhere; nothing that leads to the old address may be used again. */
  moveTo(address: string): void {
    if (this.address === address) return
    this.address = address
    this.pool.retire()
    this.pool = new ConnectionPool(this.#limits)
  }

  limitPool(limits: PoolLimits): void {
    if (limits.maxIdle === this.#limits.maxIdle && limits.keepaliveMs === this.#limits.keepaliveMs) return
    this.#limits = limits
    this.pool.retire()
    this.pool = new ConnectionPool(limits)
  }

  begin(attempt: Attempt): void {
    this.sessions.current += 1
    this.sessions.total += 1
    if (this.sessions.current > this.traffic.currentMax) this.traffic.currentMax = this.sessions.current
    this.#unanswered.add(attempt)
  }

  answered(attempt: Attempt): void {
    this.#unanswered.delete(attempt)
  }

  end(attempt: Attempt): void {
    this.sessions.current -= 1
    this.#unanswered.delete(attempt)
  }

  abandonUnanswered(): void {
    for (const attempt of [...this.#unanswered]) attempt.abandonIfUnanswered()
  }
}

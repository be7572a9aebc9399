import type { Algorithm } from '../balance/balance.ts'
import { type Administration, type Standing, standingOf } from './administration.ts'
import type { Server } from './server.ts'
import { isTrusted, type Observation, observe, type Thresholds } from './server-state.ts'

export interface StateChange {
  readonly server: Server
  readonly from: Standing
  readonly to: Standing
  readonly cause: string
  readonly atMs: number
}

export interface Order {
  readonly administration?: Administration
  readonly weight?: number
}

export interface BackendSettings {
  readonly name: string
  readonly thresholds: Thresholds
  readonly maxconn: number
  readonly nowMs: () => number
  readonly onChange: (change: StateChange) => void
}

/** After these nobody is there to answer what is under way; after a refusal or a 503 it may well be answered. */
const SILENT = new Set([
  'check-timeout',
  'connect-timeout',
  'name-not-found',
  'unreachable',
  'check-unreachable',
])

/** The servers, and the only place where their states change. */
export class Backend {
  readonly name: string
  readonly servers: readonly Server[]
  readonly #algorithm: Algorithm
  readonly #settings: BackendSettings

  constructor(servers: readonly Server[], algorithm: Algorithm, settings: BackendSettings) {
    this.name = settings.name
    this.servers = servers
    this.#algorithm = algorithm
    this.#settings = settings
  }

  get up(): Server[] {
    return this.servers.filter(server => standingOf(server) === 'up')
  }

  observe(server: Server, seen: Observation): void {
    const before = server.state
    const standing = standingOf(server)
    server.state = observe(before, seen, this.#settings.thresholds)
    if (server.state.kind === before.kind) return
    server.cause = 'cause' in seen ? seen.cause : 'rise'
    server.sinceMs = this.#settings.nowMs()
    server.health[server.state.kind === 'up' ? 'wentUp' : 'wentDown'](server.sinceMs)
    this.#tell(server, standing)
    if (server.state.kind === 'up') return
    server.pool.closeIdle()
    // Nobody left to ask instead: then waiting is the best that can be done.
    if (SILENT.has(server.cause) && this.up.length > 0) server.abandonUnanswered()
  }

  /** What an operator says; a weight of 0 is a drain in other words. In force with the next pick. */
  administer(server: Server, order: Order, cause?: string): void {
    const standing = standingOf(server)
    Object.assign(server, order)
    if (standingOf(server) !== standing) {
      server.cause = cause ?? causeOf(server)
      server.sinceMs = this.#settings.nowMs()
      this.#tell(server, standing)
    }
    if (server.administration === 'maint') server.pool.closeIdle()
  }

  #tell(server: Server, from: Standing): void {
    const to = standingOf(server)
    if (to !== from) this.#settings.onChange({ server, from, to, cause: server.cause, atMs: server.sinceMs })
  }

  /**
   * The next server for a request that these have failed already. Nobody untried: one of the tried. `undefined`: none
   * may be used, or all have as much as they may.
   */
  pick(tried: ReadonlySet<Server>): Server | undefined {
    const free = this.#usable().filter(s => s.address !== null && s.sessions.current < this.#settings.maxconn)
    const untried = free.filter(server => !tried.has(server))
    const [first, ...others] = preferTrusted(untried.length > 0 ? untried : free)
    return first && this.#algorithm.pick([first, ...others])
  }

  /**
   * Those who are up. If none is, those who are merely slow to answer their checks: on a starved machine all of them
   * are, and a late answer is better than none (Envoy's panic mode). Who is proven gone or says 503 stays out.
   */
  #usable(): readonly Server[] {
    const { up } = this
    if (up.length > 0) return up
    return this.servers.filter(
      server => isWanted(server) && server.state.kind === 'down' && server.state.because === 'check-timeout',
    )
  }
}

/** Unless most are under suspicion: then it is not they who are odd, and the rest could not carry it. */
function preferTrusted(servers: readonly Server[]): readonly Server[] {
  const trusted = servers.filter(server => isTrusted(server.state))
  return trusted.length * 2 >= servers.length ? trusted : servers
}

function isWanted({ administration, weight }: Server): boolean {
  return administration === 'ready' && weight > 0
}

function causeOf({ administration, weight, state }: Server): string {
  if (administration !== 'ready') return `operator ${administration}`
  if (weight === 0) return 'operator weight 0'
  return state.kind === 'up' ? 'operator ready' : `still down: ${state.because}`
}

import type { Algorithm } from '../balance/balance.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import { Watch } from '../time/watch.ts'
import { type Administration, causeOf, type Standing, standingOf } from './administration.ts'
import { isOutlier } from './conduct.ts'
import { lateness } from './overdue.ts'
import { elsewhere, isInTrust, trusted, usable } from './rotation.ts'
import type { Server } from './server.ts'
import { type Observation, observe, type Thresholds } from './server-state.ts'
import { Trial } from './trial.ts'
import { Usual } from './usual.ts'
import type { WaitingLine } from './waiting-line.ts'

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
  /** Outlives a reload. */
  readonly line: WaitingLine
  readonly lag: LoopLag
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

/** Bad answers more that a server may give when its conduct comes into doubt. */
const PARDONS = 1
/** None, if it was silent to several in a row and then answered so many badly, and nobody well. */
const BAD_ENOUGH = 3
/** After lag of our own, nobody is judged before we have listened for as long. */
const STEADY_MS = 15
const SWEEP_MS = 1_000

/** The servers, and the only place where their states change. */
export class Backend {
  readonly name: string
  readonly servers: readonly Server[]
  readonly line: WaitingLine
  readonly usual = new Usual()
  readonly #algorithm: Algorithm
  readonly #settings: BackendSettings
  readonly #watch: Watch
  #watched: readonly Server[]
  #sweptMs = 0

  constructor(servers: readonly Server[], algorithm: Algorithm, settings: BackendSettings) {
    this.name = settings.name
    this.servers = servers
    this.line = settings.line
    this.#algorithm = algorithm
    this.#settings = settings
    this.#watched = servers
    this.#watch = new Watch(() => this.#look())
    for (const server of servers) server.onFree = () => this.#callNext()
  }

  get up(): Server[] {
    return this.servers.filter(server => standingOf(server) === 'up')
  }

  observe(server: Server, seen: Observation): void {
    const before = server.state
    const standing = standingOf(server)
    const listenedMs = this.#settings.lag.listenedMs()
    const isHeld = before.kind === 'down' && server.ejection.holds(listenedMs)
    // With nobody up, one that flaps is better than none.
    if (seen.kind === 'check-passed' && isHeld && this.up.length > 0) return
    server.state = observe(before, seen, this.#settings.thresholds)
    if (server.state.kind === before.kind) return
    server.cause = 'cause' in seen ? seen.cause : 'rise'
    server.sinceMs = this.#settings.nowMs()
    server.health[server.state.kind === 'up' ? 'wentUp' : 'wentDown'](server.sinceMs)
    if (before.kind === 'down') {
      if (before.because !== 'starting') server.startSlowly()
      this.#tell(server, standing)
      this.line.callAll()
      return
    }
    server.conduct.forget()
    server.trial = seen.kind === 'ejected' && seen.why === 'conduct' ? new Trial(0) : undefined
    if (seen.kind === 'ejected') server.ejection.eject(seen.why, listenedMs)
    this.#tell(server, standing)
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
      if (standingOf(server) === 'up') this.line.callAll()
    }
    if (server.administration === 'maint') server.pool.closeIdle()
  }

  /**
   * The next server for a request that these have failed already. Nobody untried: one of the tried. `undefined`: none
   * may be used, or all have as much as they may. `key`: what a hash goes by.
   */
  pick(tried: ReadonlySet<Server>, key: string): Server | undefined {
    this.#watch.wake()
    const other = tried.size > 0 ? this.pickOther(tried, key) : undefined
    if (other) return other
    const all = usable(this.servers)
    const inTrust = trusted(all, this.servers)
    // No new list where all of them are free: this is done for each request.
    const free = inTrust.every(server => this.#isFree(server))
      ? inTrust
      : inTrust.filter(server => this.#isFree(server))
    if (free.length > 0) return this.#choose(free, key)
    // Who is under suspicion or on trial is better than a place in the line.
    return this.#choose(
      all.filter(server => this.#hasRoom(server)),
      key,
    )
  }

  /** As `pick`, but never one of the tried, and in another zone if there is one. */
  pickOther(tried: ReadonlySet<Server>, key: string): Server | undefined {
    const untried = usable(this.servers).filter(server => !tried.has(server) && this.#isFree(server))
    return this.#choose(elsewhere(untried, tried), key)
  }

  /** What an attempt has shown of its server. `headMs`: how long the head of its answer took, 0 if that says nothing. */
  judge(server: Server, verdict: 'good' | 'bad', headMs: number): void {
    const nowMs = this.#settings.lag.listenedMs()
    const isSlow = this.usual.isSlow(headMs)
    const seen = isSlow ? 'bad' : verdict
    if (headMs > 0) this.usual.add(headMs, nowMs)
    server.conduct.note(seen, nowMs)
    if (seen === 'good') {
      server.didWell()
      return
    }
    server.suspicion.answered('bad')
    if (server.state.kind === 'up') this.#doubt(server, isSlow ? 'slow-answers' : 'bad-answers', nowMs)
  }

  /** Another has these servers from now on, all but those: they end here. */
  handOver(kept: readonly Server[]): void {
    this.#watched = kept
  }

  /** What is under way at servers that were another's until now is this one's to look at. */
  takeOver(): void {
    this.#watch.wake()
  }

  stop(): void {
    this.#watch.stop()
    for (const server of this.servers) server.pool.retire()
  }

  /** Once the one whose place it is has given back its connection. */
  #callNext(): void {
    if (this.line.length > 0) queueMicrotask(() => this.line.callNext())
  }

  #tell(server: Server, from: Standing): void {
    const to = standingOf(server)
    if (to !== from) this.#settings.onChange({ server, from, to, cause: server.cause, atMs: server.sinceMs })
  }

  /** Worse than its peers, it is put on trial; failing that, it leaves, if half of all are beyond doubt without it. */
  #doubt(server: Server, cause: string, nowMs: number): void {
    const peers = this.up.filter(other => other !== server && isInTrust(other))
    if (server.trial) {
      const canLeave = server.trial.bad() === 'failed' && peers.length * 2 >= this.servers.length
      if (canLeave) this.observe(server, { kind: 'ejected', why: 'conduct', cause })
      return
    }
    const conducts = peers.map(({ conduct }) => conduct)
    if (!isOutlier(server.conduct, conducts, nowMs)) return
    this.#try(server, PARDONS)
  }

  #try(server: Server, pardons: number): void {
    server.trial = new Trial(pardons)
    server.conduct.forget()
  }

  #isFree(server: Server): boolean {
    return this.#hasRoom(server) && (!server.trial || !server.isAsked)
  }

  #hasRoom({ address, sessions }: Server): boolean {
    return address !== null && sessions.current < this.#settings.maxconn
  }

  #choose(servers: readonly Server[], key: string): Server | undefined {
    return servers.length === 0 ? undefined : this.#algorithm.pick(servers as [Server, ...Server[]], key)
  }

  /** Every few milliseconds, while anything is under way. */
  #look(): 'busy' | 'idle' {
    const { lag } = this.#settings
    const nowMs = lag.listenedMs()
    this.usual.learn(nowMs)
    let underWay = 0
    for (const server of this.#watched) {
      for (const attempt of server.active) attempt.watch(nowMs)
      underWay += server.sessions.current + server.pool.idle
    }
    this.line.expire(nowMs)
    if (lag.steadyMs() >= STEADY_MS) this.#hurry(nowMs)
    if (nowMs - this.#sweptMs >= SWEEP_MS) this.#sweep(nowMs)
    return underWay + this.line.length > 0 ? 'busy' : 'idle'
  }

  #hurry(nowMs: number): void {
    const { overdue, mute } = lateness(this.#watched, this.usual.hedgeMs, nowMs)
    for (const server of this.#watched) {
      const found = server.listenFor(nowMs, mute.has(server) ? 'mute' : 'ordinary')
      if (server.state.kind === 'down') continue
      if (found === 'spoke badly' && !server.trial)
        this.#try(server, server.suspicion.bad >= BAD_ENOUGH ? 0 : PARDONS)
      if (found !== 'fallen silent') continue
      this.observe(server, { kind: 'suspected' })
      server.checkNow()
    }
    for (const attempt of overdue) attempt.taker.onOverdue(attempt)
  }

  #sweep(nowMs: number): void {
    this.#sweptMs = nowMs
    for (const server of this.#watched) server.pool.closeOld(nowMs)
  }
}

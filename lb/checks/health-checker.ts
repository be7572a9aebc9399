import { performance } from 'node:perf_hooks'
import type { CheckConfig } from '../config/schema.ts'
import type { Resolution } from '../resolve/resolver.ts'
import type { Backend } from '../server/backend.ts'
import type { Server } from '../server/server.ts'
import { isUnsettled } from '../server/server-state.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import { type ProbeResult, probe } from './probe.ts'

export interface CheckerSettings {
  readonly check: CheckConfig
  readonly lag: LoopLag
  readonly resolve: (host: string) => Promise<Resolution>
  /** 0 ≤ n < 1. */
  readonly random: () => number
}

/** Each period is up to this part shorter, so that checkers that met in one instant drift apart again. */
const JITTER = 0.1

/**
 * The active check of one server. Each one also asks where the server is, while the address known so far is being
 * probed: a slow name server delays nobody, and a name that is gone ends the check at once.
 *
 *     name ──found, the same──────────────┐
 *          ├─found, elsewhere──> move, probe there
 *          ├─no answer──> keep the address┤
 *          └─not found──> failed          ├──> result ──> state ──> next check in inter, fastinter or downinter
 *     probe of the known address ─────────┘
 */
export class HealthChecker {
  readonly #backend: Backend
  readonly #server: Server
  readonly #settings: CheckerSettings
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #startedMs = 0
  #phase: 'waiting' | 'checking' | 'checking, again wanted' = 'waiting'

  constructor(backend: Backend, server: Server, settings: CheckerSettings) {
    this.#backend = backend
    this.#server = server
    this.#settings = settings
    server.checkNow = () => this.#hurry()
  }

  start(delayMs: number): void {
    this.#schedule(delayMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#stop.abort()
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, delayMs))
  }

  /** At once, but never more often than every `fastinter`: suspicions come in flocks. */
  #hurry(): void {
    if (this.#stop.signal.aborted) return
    if (this.#phase !== 'waiting') this.#phase = 'checking, again wanted'
    else this.#schedule(this.#startedMs + this.#settings.check.fastinter - performance.now())
  }

  async #run(): Promise<void> {
    this.#phase = 'checking'
    this.#startedMs = performance.now()
    const result = await this.#check()
    if (this.#stop.signal.aborted) return
    this.#report(result)
    const isAgainWanted = (this.#phase as string) === 'checking, again wanted'
    this.#phase = 'waiting'
    const periodMs = isAgainWanted ? this.#settings.check.fastinter : this.#periodMs()
    this.#schedule(this.#startedMs + periodMs - performance.now())
  }

  #periodMs(): number {
    const { state } = this.#server
    const { inter, fastinter, downinter = inter } = this.#settings.check
    if (isUnsettled(state)) return fastinter
    const atMostMs = state.kind === 'up' ? inter : downinter
    return atMostMs * (1 - JITTER * this.#settings.random())
  }

  #report(result: ProbeResult): void {
    const { health, state } = this.#server
    health.lastCheck = { result, tookMs: performance.now() - this.#startedMs }
    if (result.kind === 'passed') {
      this.#server.checks.passed += 1
      this.#backend.observe(this.#server, { kind: 'check-passed' })
    } else {
      this.#server.checks.failed += 1
      if (state.kind === 'up') health.failedWhileUp += 1
      this.#backend.observe(this.#server, { kind: 'check-failed', cause: result.cause })
    }
  }

  async #check(): Promise<ProbeResult> {
    const known = this.#server.address
    const given = new AbortController()
    const probed = known === null ? undefined : this.#probe(known, given.signal)
    const found = await this.#settings.resolve(this.#server.host)
    if (found.kind === 'unknown')
      return probed ?? { kind: 'failed', cause: `name-server ${found.code}`, layer: 4 }
    if (found.kind === 'found' && known !== null && found.addresses.includes(known) && probed) return probed
    given.abort()
    if (found.kind === 'not-found') return { kind: 'failed', cause: 'name-not-found', layer: 4 }
    this.#server.moveTo(found.addresses[0])
    return this.#probe(found.addresses[0], this.#stop.signal)
  }

  #probe(address: string, signal: AbortSignal): Promise<ProbeResult> {
    const { path, timeout } = this.#settings.check
    const { host, port } = this.#server
    const target = { address, port, hostHeader: `${host}:${port}`, path, timeoutMs: timeout }
    return probe(target, this.#settings.lag, AbortSignal.any([signal, this.#stop.signal]))
  }
}

import type { Agent } from 'node:http'
import type { AppSpec } from '../config/app-spec.ts'
import { type AppHealth, type Evidence, type HealthThresholds, judged, untried } from './app-health.ts'

export interface AppOptions {
  readonly spec: AppSpec
  readonly thresholds: HealthThresholds
  /** Keeps the connections to this app alone. */
  readonly agent: Agent
  readonly onChange: (app: App, from: AppHealth, to: AppHealth) => void
}

/** One app server as this gateway sees it: its health, and the connections kept to it. */
export class App {
  readonly spec: AppSpec
  readonly agent: Agent
  readonly #thresholds: HealthThresholds
  readonly #onChange: AppOptions['onChange']
  #health: AppHealth = untried
  #silenced = new AbortController()
  readonly #whenUp: (() => void)[] = []

  constructor(options: AppOptions) {
    this.spec = options.spec
    this.agent = options.agent
    this.#thresholds = options.thresholds
    this.#onChange = options.onChange
  }

  get health(): AppHealth {
    return this.#health
  }

  /**
   * Aborts when checks find the app silent: what waits for its answer may then look elsewhere. An app
   * that merely asks for no more requests still answers those that it has.
   */
  get silenced(): AbortSignal {
    return this.#silenced.signal
  }

  /** Calls `act` each time that checks find it up again. */
  onUp(act: () => void): void {
    this.#whenUp.push(act)
  }

  saw(evidence: Evidence): void {
    const from = this.#health
    this.#health = judged(from, evidence, this.#thresholds)
    if (from.kind === this.#health.kind) return
    if (this.#health.kind === 'up') this.#silenced = new AbortController()
    else {
      this.dropIdleConnections()
      if (this.#health.cause === 'check-failed') this.#silenced.abort()
    }
    this.#onChange(this, from, this.#health)
    if (this.#health.kind === 'up') for (const act of this.#whenUp) act()
  }

  /** A restarted app may be at another address; a connection kept from before leads nowhere. */
  dropIdleConnections(): void {
    for (const sockets of Object.values(this.agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy()
    }
  }
}

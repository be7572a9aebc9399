import type { ProbeResult } from '../checks/probe.ts'

export interface LastCheck {
  readonly result: ProbeResult
  readonly tookMs: number
}

/** How one was, a server or all of a backend, since the balancer started. Times are of its wall clock. */
export class HealthStats {
  lastCheck: LastCheck | undefined
  /** Checks that failed while it was up (`chkfail`). */
  failedWhileUp = 0
  /** Times it went down (`chkdown`). */
  downs = 0
  /** Since when it is what it is. */
  sinceMs: number
  #downtimeMs = 0
  #downSinceMs: number | undefined

  constructor(nowMs: number) {
    this.sinceMs = nowMs
    this.#downSinceMs = nowMs
  }

  get isUp(): boolean {
    return this.#downSinceMs === undefined
  }

  wentUp(nowMs: number): void {
    this.#downtimeMs = this.downtimeMs(nowMs)
    this.sinceMs = nowMs
    this.#downSinceMs = undefined
  }

  wentDown(nowMs: number): void {
    this.downs += 1
    this.sinceMs = nowMs
    this.#downSinceMs = nowMs
  }

  downtimeMs(nowMs: number): number {
    return this.#downtimeMs + (this.#downSinceMs === undefined ? 0 : nowMs - this.#downSinceMs)
  }
}

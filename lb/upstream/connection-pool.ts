import { UpstreamConnection } from './upstream-connection.ts'

export interface PoolLimits {
  readonly maxIdle: number
  readonly keepaliveMs: number
}

/** The kept-alive connections to one address. The newest idle one is used first, so the oldest can run out. */
export class ConnectionPool {
  readonly buffer: Buffer
  readonly #limits: PoolLimits
  readonly #idle: UpstreamConnection[] = []
  readonly #all = new Set<UpstreamConnection>()
  #retired = false

  /** `buffer`: where reads land; one for all pools, since what is read is handed on before the next read. */
  constructor(limits: PoolLimits, buffer: Buffer) {
    this.#limits = limits
    this.buffer = buffer
  }

  get open(): number {
    return this.#all.size
  }

  get idle(): number {
    return this.#idle.length
  }

  /** One that is idle, or a new one that is yet to connect. */
  take(address: string, port: number): UpstreamConnection {
    const kept = this.#idle.pop()
    if (kept) return kept
    const opened = new UpstreamConnection(address, port, this)
    this.#all.add(opened)
    return opened
  }

  /** Back from its user, in a state in which it can serve the next. */
  giveBack(connection: UpstreamConnection, nowMs: number): void {
    connection.release()
    if (connection.state === 'closed') return
    // Behind a body that was answered before the server took all of it, the next request would have to wait.
    if (this.#retired || !connection.isFlushed || this.#idle.length >= this.#limits.maxIdle) {
      connection.destroy()
      return
    }
    connection.idleSinceMs = nowMs
    this.#idle.push(connection)
  }

  onClosed(connection: UpstreamConnection): void {
    this.#all.delete(connection)
    const at = this.#idle.lastIndexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
  }

  /** Those that have been idle for too long; the oldest come first. */
  closeOld(nowMs: number): void {
    let oldest = this.#idle[0]
    while (oldest && nowMs - oldest.idleSinceMs >= this.#limits.keepaliveMs) {
      oldest.destroy()
      oldest = this.#idle[0]
    }
  }

  closeIdle(): void {
    for (const connection of [...this.#idle]) connection.destroy()
  }

  /** For an address that is no longer the server's: what is under way may end, nothing is kept after it. */
  retire(): void {
    this.#retired = true
    this.closeIdle()
  }
}

import { Agent } from 'node:http'

export interface PoolLimits {
  readonly maxIdle: number
  readonly keepaliveMs: number
}

/** The kept-alive connections to one address. The newest idle one is used first, so the oldest can run out. */
export class ConnectionPool {
  readonly agent: Agent

  constructor({ maxIdle, keepaliveMs }: PoolLimits) {
    this.agent = new Agent({
      keepAlive: true,
      maxFreeSockets: maxIdle,
      scheduling: 'lifo',
      timeout: keepaliveMs,
    })
  }

  closeIdle(): void {
    for (const sockets of Object.values(this.agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy()
    }
  }

  /** For an address that is no longer the server's: what is under way may end, nothing is kept after it. */
  retire(): void {
    this.agent.maxFreeSockets = 0
    this.closeIdle()
  }
}

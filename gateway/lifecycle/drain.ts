import type { Server } from 'node:http'

export interface DrainOptions {
  readonly server: Server
  /** Told before anything is closed: readiness must fail from here on. */
  readonly onDraining: () => void
  /** Served on, unready, so that whoever balances sees it and sends no more. */
  readonly drainMs: number
  /** From the start of the drain; what is still in flight then is cut. */
  readonly limitMs: number
}

/**
 *     serving ── SIGTERM ──> draining ── drainMs ──> closed to new ── last answer sent ──> 'clean'
 *                                                        └────────── limitMs ───────────> 'cut'
 *
 * Idle kept-alive connections are closed only with the listening socket: closed earlier, a request
 * already on its way over one of them would be lost.
 */
export function drain(options: DrainOptions): Promise<'clean' | 'cut'> {
  const { server, onDraining, drainMs, limitMs } = options
  onDraining()
  return new Promise(resolve => {
    const shut = setTimeout(() => {
      server.close(() => {
        clearTimeout(limit)
        resolve('clean')
      })
      server.closeIdleConnections()
    }, drainMs)
    const limit = setTimeout(() => {
      clearTimeout(shut)
      resolve('cut')
      server.closeAllConnections()
    }, limitMs)
  })
}

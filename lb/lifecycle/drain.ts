import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { Server as NetServer } from 'node:net'

export interface DrainLimits {
  /** For as long, a client may still use its kept connection once, and is then told to close it. */
  readonly graceMs: number
  /** After this, what is still under way is cut. */
  readonly limitMs: number
}

/**
 * No new connections; what is under way is answered. Resolves when all connections are closed.
 *
 *     stop accepting ── grace: kept connections are answered with `Connection: close` ── idle ones closed ── rest cut
 *
 * Node's own `close()` closes idle connections at once, and so loses a request that is just on its way on one.
 */
export async function drain(
  server: HttpServer,
  { graceMs, limitMs }: DrainLimits,
  /** Cuts what the server does not know of: its tunnels. */
  cutTunnels: () => void,
): Promise<'drained' | 'cut'> {
  const closed = once(server, 'close')
  NetServer.prototype.close.call(server)
  let outcome: 'drained' | 'cut' = 'drained'
  let sweep: NodeJS.Timeout | undefined
  const grace = setTimeout(() => {
    server.closeIdleConnections()
    sweep = setInterval(() => server.closeIdleConnections(), 50)
  }, graceMs)
  const limit = setTimeout(() => {
    outcome = 'cut'
    server.closeAllConnections()
    cutTunnels()
  }, limitMs)
  await closed
  clearTimeout(grace)
  clearInterval(sweep)
  clearTimeout(limit)
  return outcome
}

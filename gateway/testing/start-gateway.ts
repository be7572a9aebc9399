import dns from 'node:dns'
import type { LookupFunction } from 'node:net'
import { onTestFinished } from 'vitest'
import type { AppSpec } from '../config/app-spec.ts'
import { parseRoutes } from '../config/load-routes.ts'
import { assemble } from '../server/assemble.ts'
import { createGateway } from '../server/create-gateway.ts'
import type { ForwardLimits } from '../server/gateway-context.ts'
import { listen } from './servers.ts'

export interface LogLine {
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

const usualLimits: ForwardLimits = {
  keepBytes: 64 * 1024,
  connectTimeoutMs: 250,
  answerTimeoutMs: 5_000,
  maxAttempts: 4,
}

export interface StartOptions extends Partial<ForwardLimits> {
  readonly lookup?: LookupFunction
  readonly checkTimeoutMs?: number
  /** A routes file's text; left out: one open route for all, with bodies of up to a MiB. */
  readonly routes?: string
}

const openRoutes = `
upstreams: { apps: {} }
routes: [{ name: all, path: /, upstream: apps, maxBody: 1MiB }]
`

/** A serving gateway of zone-a on a port of its own. Its apps are unchecked unless `watch` is called. */
export async function startGateway(apps: readonly AppSpec[], options: StartOptions = {}) {
  const { lookup = dns.lookup, checkTimeoutMs = 2_000, routes = openRoutes, ...limits } = options
  const read = parseRoutes(routes, 'routes.yml')
  if ('wrong' in read) throw new Error(read.wrong)
  const logged: LogLine[] = []
  const { context, watch } = assemble({
    identity: { name: 'gateway-a', zone: 'zone-a', container: 'c0ffee' },
    apps,
    routes: read.ok,
    limits: { ...usualLimits, ...limits },
    log: (event, fields = {}) => logged.push({ event, fields }),
    nowMs: () => performance.now(),
    lookup,
    checks: { periodMs: 20, timeoutMs: checkTimeoutMs },
  })
  const server = createGateway(context)
  const stopWatching = new AbortController()
  onTestFinished(() => {
    stopWatching.abort()
    server.close()
    server.closeAllConnections()
    for (const app of context.apps) app.agent.destroy()
  })
  context.lifecycle.phase = 'serving'
  const port = await listen(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    server,
    context,
    logged,
    watch: () => watch(stopWatching.signal),
  }
}

/** An app of the gateway's own zone, unless told otherwise. */
export function appAt(port: number, name = 'app-a', zone = 'zone-a'): AppSpec {
  return { name, zone, host: '127.0.0.1', port }
}

import os from 'node:os'
import { createAdminServer } from './admin/admin-server.ts'
import type { GatewayConfig } from './config/read-config.ts'
import { drain } from './lifecycle/drain.ts'
import { createJsonLog } from './log/json-log.ts'
import { createSharedLookup } from './proxy/shared-lookup.ts'
import { assemble } from './server/assemble.ts'
import { createGateway } from './server/create-gateway.ts'

const drainLimitMs = 8_000
const connectTimeoutMs = 250
/** Shorter than a container takes to be restarted, so that its old address is not asked for long. */
const lookupTtlMs = 500
const checks = { periodMs: 250, timeoutMs: 250 }

/** Serves until SIGTERM or SIGINT; resolves with the exit code. */
export function serve(config: GatewayConfig): Promise<number> {
  const identity = { name: config.name, zone: config.zone, container: os.hostname() }
  const log = createJsonLog({
    who: { service: 'gateway', ...identity },
    now: () => new Date(),
    write: line => process.stdout.write(line),
    secretHeaders: [config.routes.apiKeyHeader],
    // Whoever asks for a route's every request wants every one.
    unlimited: ['access'],
  })
  const nowMs = () => performance.now()
  const { context, watch } = assemble({
    identity,
    apps: config.apps,
    routes: config.routes,
    log,
    nowMs,
    lookup: createSharedLookup({ ttlMs: lookupTtlMs, nowMs }),
    checks,
    limits: {
      keepBytes: 64 * 1024,
      connectTimeoutMs,
      answerTimeoutMs: config.answerTimeoutMs,
      maxAttempts: 4,
    },
  })
  const server = createGateway(context)
  const admin = createAdminServer(context)
  const stopWatching = new AbortController()

  return new Promise(resolve => {
    const cannotListen = (port: number) => (error: Error) => {
      log('cannot-listen', { port, error: error.message })
      resolve(1)
    }
    server.once('error', cannotListen(config.port))
    admin.listen({ port: config.adminPort, host: '::' }).catch(cannotListen(config.adminPort))
    server.listen(config.port, async () => {
      log('listening', { port: config.port })
      await watch(stopWatching.signal)
      if (context.lifecycle.phase !== 'starting') return
      context.lifecycle.phase = 'serving'
      log('serving', { apps_up: context.apps.filter(app => app.health.kind === 'up').length })
    })

    const stop = async (signal: NodeJS.Signals) => {
      if (context.lifecycle.phase === 'draining') return
      const outcome = await drain({
        server,
        drainMs: config.drainMs,
        limitMs: drainLimitMs,
        onDraining: () => {
          context.lifecycle.phase = 'draining'
          log('draining', { signal, drain_ms: config.drainMs })
        },
      })
      stopWatching.abort()
      await admin.close()
      log('stopped', { outcome })
      resolve(outcome === 'clean' ? 0 : 1)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

import os from 'node:os'
import { healthy } from './behaviour/behaviour.ts'
import type { AppConfig } from './config/read-config.ts'
import { drain } from './lifecycle/drain.ts'
import { createJsonLog } from './log/json-log.ts'
import type { AppContext } from './server/context.ts'
import { createApp } from './server/create-app.ts'

const drainLimitMs = 8_000

/** Serves until SIGTERM or SIGINT; resolves with the exit code. */
export function serve(config: AppConfig): Promise<number> {
  const identity = { name: config.name, zone: config.zone, container: os.hostname() }
  const log = createJsonLog({
    who: { service: 'app', ...identity },
    now: () => new Date(),
    write: line => process.stdout.write(line),
  })
  const context: AppContext = {
    identity,
    log,
    random: Math.random,
    phase: 'serving',
    behaviour: healthy,
    served: 0,
  }
  const server = createApp(context)

  return new Promise(resolve => {
    server.once('error', error => {
      log('cannot-listen', { port: config.port, error: error.message })
      resolve(1)
    })
    server.listen(config.port, () => log('listening', { port: config.port }))

    const stop = async (signal: NodeJS.Signals) => {
      if (context.phase === 'draining') return
      const outcome = await drain({
        server,
        drainMs: config.drainMs,
        limitMs: drainLimitMs,
        onDraining: () => {
          context.phase = 'draining'
          log('draining', { signal, drain_ms: config.drainMs })
        },
      })
      log('stopped', { outcome })
      resolve(outcome === 'clean' ? 0 : 1)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

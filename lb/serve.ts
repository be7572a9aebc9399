import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { createAdmin } from './admin/admin-server.ts'
import { EventStream } from './admin/event-stream.ts'
import { ALGORITHMS } from './balance/balance.ts'
import { HealthChecker } from './checks/health-checker.ts'
import type { Config } from './config/schema.ts'
import { type DrainLimits, drain } from './lifecycle/drain.ts'
import { type Log, limitLog } from './log/json-log.ts'
import { createFrontend } from './proxy/frontend.ts'
import { Resolver } from './resolve/resolver.ts'
import { Backend, type StateChange } from './server/backend.ts'
import { Server } from './server/server.ts'
import { initialState } from './server/server-state.ts'
import { Traffic } from './stats/traffic.ts'
import { LoopLag } from './time/loop-lag.ts'
import { WallClock } from './time/wall-clock.ts'

export interface RunningBalancer {
  /** The ports it listens on; they differ from the configured ones where those are 0. */
  readonly trafficPort: number
  readonly adminPort: number
  readonly backend: Backend
  /** Fails readiness, answers what is under way, and is gone. */
  stop(limits: DrainLimits): Promise<'drained' | 'cut'>
}

const TROUBLE_LINES_PER_SECOND = 10
const MAX_SPREAD_MS = 200

export async function serve(config: Config, log: Log): Promise<RunningBalancer> {
  const clock = new WallClock()
  const lag = new LoopLag()
  const nowMs = () => clock.nowMs()
  let phase: 'serving' | 'draining' = 'serving'
  const isDraining = () => phase === 'draining'

  const backend = createBackend(config, nowMs, change => {
    events.publish(change)
    const { server, from, cause } = change
    log('server-state', {
      server: server.name,
      zone: server.zone,
      address: server.location,
      from,
      state: server.state.kind,
      cause,
    })
  })
  const events = new EventStream(backend, nowMs)
  const traffic = new Traffic(nowMs, () => undefined)
  const { timeouts, retries } = config.backend
  const frontend = createFrontend(config.frontend, {
    backend,
    traffic,
    retries,
    replayLimit: config.backend['replay-body'],
    connectMs: timeouts.connect,
    serverMs: timeouts.server,
    maxUrl: config.frontend.limits.url,
    lag,
    isDraining,
    onTrouble: troubleLog(log),
  })
  frontend.on('connection', socket => traffic.accept(socket))
  frontend.on('clientError', () => {
    traffic.frontend.unreadable += 1
  })
  const admin = createAdmin({ backend, events, isDraining })
  const adminPort = await listen(admin, config.admin.bind)
  const trafficPort = await listen(frontend, config.frontend.bind)
  const checkers = startChecks(config, backend, lag)
  log('serving', {
    bind: `${config.frontend.bind.host}:${trafficPort}`,
    admin: `${config.admin.bind.host}:${adminPort}`,
  })

  return {
    trafficPort,
    adminPort,
    backend,
    stop: async limits => {
      phase = 'draining'
      log('draining')
      const outcome = await drain(frontend, limits)
      for (const checker of checkers) checker.stop()
      for (const server of backend.servers) server.pool.retire()
      lag.stop()
      events.close()
      admin.close()
      admin.closeAllConnections()
      log('stopped', { outcome })
      return outcome
    },
  }
}

function createBackend(
  { backend }: Config,
  nowMs: () => number,
  onChange: (change: StateChange) => void,
): Backend {
  const limits = { maxIdle: backend['max-idle'], keepaliveMs: backend.timeouts.keepalive }
  const servers = backend.servers.map(
    ({ name, zone, address, weight }) =>
      new Server({ name, zone, ...address, weight }, limits, initialState(backend.check), nowMs()),
  )
  return new Backend(servers, ALGORITHMS[backend.balance](), {
    name: backend.name,
    thresholds: backend.check,
    maxconn: backend.maxconn,
    nowMs,
    onChange,
  })
}

/** Spread, so that servers are not all checked in one instant, yet all of them soon. */
function startChecks(
  { backend: { check }, resolvers }: Config,
  backend: Backend,
  lag: LoopLag,
): HealthChecker[] {
  const resolver = new Resolver({ nameservers: resolvers.nameservers, timeoutMs: resolvers.timeout })
  const spreadMs = Math.min(check.inter, MAX_SPREAD_MS) / backend.servers.length
  return backend.servers.map((server, index) => {
    const checker = new HealthChecker(backend, server, {
      check,
      lag,
      resolve: host => resolver.resolve(host),
      random: Math.random,
    })
    checker.start(index * spreadMs)
    return checker
  })
}

function troubleLog(log: Log) {
  const limited = limitLog(log, TROUBLE_LINES_PER_SECOND, () => performance.now())
  return (trouble: object) => limited('request-failed', { ...trouble })
}

async function listen(server: HttpServer, { host, port }: { host: string; port: number }): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

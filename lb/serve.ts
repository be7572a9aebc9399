import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Writable } from 'node:stream'
import { createAdmin } from './admin/admin-server.ts'
import type { Authority } from './admin/commands/token.ts'
import { EventStream } from './admin/event-stream.ts'
import { Metrics } from './admin/metrics/metrics.ts'
import { ConfigError } from './config/load-config.ts'
import type { Config } from './config/schema.ts'
import { createEngine } from './engines/create-engine.ts'
import { type DrainLimits, drain } from './lifecycle/drain.ts'
import { firstGeneration, type Surroundings } from './lifecycle/generation.ts'
import type { ReloadOutcome } from './lifecycle/reload-outcome.ts'
import { Succession } from './lifecycle/succession.ts'
import { AccessLog } from './log/access-log.ts'
import { type Log, limitLog } from './log/json-log.ts'
import { limitFrontend } from './proxy/frontend.ts'
import { OpenTunnels } from './proxy/tunnel/open-tunnels.ts'
import { standingOf } from './server/administration.ts'
import type { Backend, Order, StateChange } from './server/backend.ts'
import type { Server } from './server/server.ts'
import { HealthStats } from './stats/health-stats.ts'
import { Traffic } from './stats/traffic.ts'
import { LoopLag } from './time/loop-lag.ts'
import { WallClock } from './time/wall-clock.ts'

export interface RunningBalancer {
  /** The ports it listens on; they differ from the configured ones where those are 0. */
  readonly trafficPort: number
  readonly adminPort: number
  readonly backend: Backend
  /** Reads the configuration again; no connection and no request notices. */
  reload(): ReloadOutcome
  /** Fails readiness, answers what is under way, and is gone. */
  stop(limits: DrainLimits): Promise<'drained' | 'cut'>
}

export interface ServeOptions {
  /** Who may give commands. Throws a ConfigError. */
  readonly authorityOf?: (config: Config) => Authority
  /** Throws a ConfigError if the file cannot be used, or cannot follow the configuration that runs. */
  readonly reread?: (running: Config) => Config
  /** Where the access log goes if the configuration says `stdout`. */
  readonly stdout?: Writable
}

/** As much as the kernel gives at once; a loopback's packet is as long. */
const READ_BYTES = 65_536
const TROUBLE_LINES_PER_SECOND = 10

export async function serve(
  config: Config,
  log: Log,
  {
    authorityOf = () => ({ kind: 'nobody' }),
    reread = running => running,
    stdout = process.stdout,
  }: ServeOptions = {},
): Promise<RunningBalancer> {
  const clock = new WallClock()
  const lag = new LoopLag()
  const nowMs = () => clock.nowMs()
  let phase: 'serving' | 'draining' = 'serving'
  const isDraining = () => phase === 'draining'
  const backendHealth = new HealthStats(nowMs())
  const accessLog = new AccessLog({
    stdout,
    random: Math.random,
    onFailure: (to, { message }) => log('access-log-failed', { to, message }),
  })
  accessLog.configure(config.log.access)
  const traffic = new Traffic(nowMs, ended => {
    metrics.note(ended)
    accessLog.note(ended)
  })
  const around: Surroundings = {
    ...{ lag, traffic, nowMs, isDraining, onChange },
    readBuffer: Buffer.allocUnsafeSlow(READ_BYTES),
    onTrouble: troubleLog(log),
  }
  let authority = authorityOf(config)
  const generations = new Succession(firstGeneration(config, around), around)
  const startedMs = nowMs()
  const stats = () => ({
    ...{ backendHealth, traffic, phase, startedMs },
    config: generations.current.config,
    backend: generations.current.backend,
    atMs: nowMs(),
  })
  const metrics = new Metrics(() => ({ ...stats(), log: accessLog }))

  const events = new EventStream(() => generations.current.backend.servers, nowMs)
  const tunnels = new OpenTunnels()
  const frontend = await createEngine(config, () => generations.serving.forward, tunnels)
  frontend.on('connection', socket => traffic.accept(socket))
  frontend.on('clientError', () => {
    traffic.frontend.unreadable += 1
  })
  const admin = createAdmin({
    backend: () => generations.current.backend,
    serving: () => generations.serving.backend,
    authority: () => authority,
    order,
    reload,
    events,
    stats,
    metrics,
    isDraining,
  })
  const adminPort = await listen(admin, config.admin.bind)
  const trafficPort = await listen(frontend, config.frontend.bind)
  log('serving', {
    bind: `${config.frontend.bind.host}:${trafficPort}`,
    admin: `${config.admin.bind.host}:${adminPort}`,
  })

  return {
    trafficPort,
    adminPort,
    get backend() {
      return generations.current.backend
    },
    reload,
    stop: async limits => {
      phase = 'draining'
      log('draining')
      const outcome = await drain(frontend, limits, () => tunnels.cut())
      generations.stop()
      lag.stop()
      events.close()
      admin.close()
      admin.closeAllConnections()
      await accessLog.close()
      log('stopped', { outcome })
      return outcome
    },
  }

  function onChange(change: StateChange): void {
    events.publish(change)
    const { server, from, to, cause, atMs } = change
    const isUp = generations.current.backend.up.length > 0
    if (isUp !== backendHealth.isUp) backendHealth[isUp ? 'wentUp' : 'wentDown'](atMs)
    log('server-state', {
      server: server.name,
      zone: server.zone,
      address: server.location,
      from,
      state: to,
      cause,
    })
    generations.settle()
  }

  function order(server: Server, order: Order): void {
    const from = standingOf(server)
    const cause =
      order.weight === undefined ? `operator ${order.administration}` : `operator weight ${order.weight}`
    generations.current.backend.administer(server, order)
    // A weight, or a word on a server that is down, changes nothing of where it stands; it is told all the same.
    if (standingOf(server) === from) onChange({ server, from, to: from, cause, atMs: nowMs() })
  }

  function reload(): ReloadOutcome {
    let config: Config
    try {
      config = reread(generations.current.config)
      authority = authorityOf(config)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      log('reload-refused', { problem: error.message })
      return { kind: 'refused', problem: error.message }
    }
    const servers = generations.succeed(config)
    limitFrontend(frontend, config.frontend)
    accessLog.configure(config.log.access)
    for (const server of servers.added) events.announce(server)
    const added = servers.added.map(({ name }) => name)
    const removed = servers.removed.map(({ name }) => name)
    log('reloaded', { added, removed })
    return { kind: 'reloaded', added, removed }
  }
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

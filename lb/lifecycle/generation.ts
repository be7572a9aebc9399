import { ALGORITHMS } from '../balance/balance.ts'
import { HealthChecker } from '../checks/health-checker.ts'
import type { Config } from '../config/schema.ts'
import type { ForwardSettings, Trouble } from '../proxy/forward.ts'
import { Resolver } from '../resolve/resolver.ts'
import { Backend, type StateChange } from '../server/backend.ts'
import { Server } from '../server/server.ts'
import { initialState } from '../server/server-state.ts'
import type { Traffic } from '../stats/traffic.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import { type PlannedServer, planServers } from './server-changes.ts'

/** What outlives a configuration. */
export interface Surroundings {
  readonly lag: LoopLag
  readonly traffic: Traffic
  readonly nowMs: () => number
  readonly isDraining: () => boolean
  readonly onChange: (change: StateChange) => void
  readonly onTrouble: (trouble: Trouble) => void
}

/**
 * What a configuration is made into: the servers, their checks, and how requests get to them. A reload makes the
 * next one, which takes over the servers that stay as they are; requests that have begun end in the one they began in.
 */
export interface Generation {
  readonly config: Config
  readonly backend: Backend
  readonly forward: ForwardSettings
  stopChecks(): void
}

export interface Renewal {
  readonly generation: Generation
  readonly added: readonly Server[]
  readonly removed: readonly Server[]
}

const MAX_SPREAD_MS = 200

export function firstGeneration(config: Config, around: Surroundings): Generation {
  const { planned } = planServers(config.backend.servers, [])
  return startGeneration(
    config,
    planned.map(one => newServer(one, config, around)),
    around,
  )
}

/** Servers that are no more get nothing new, and lose their connections as these come to rest. */
export function nextGeneration(config: Config, earlier: Generation, around: Surroundings): Renewal {
  const { planned, removed } = planServers(config.backend.servers, earlier.backend.servers)
  const servers = planned.map(one =>
    one.running ? keepServer(one.running, one, config, earlier) : newServer(one, config, around),
  )
  earlier.stopChecks()
  const generation = startGeneration(config, servers, around)
  for (const server of removed) {
    // Maintenance: whatever a request that is still under way finds out about it concerns nobody any more.
    earlier.backend.administer(server, { administration: 'maint' }, 'removed')
    server.pool.retire()
  }
  const added = servers.filter(server => !earlier.backend.servers.includes(server))
  return { generation, added, removed }
}

function startGeneration(config: Config, servers: readonly Server[], around: Surroundings): Generation {
  const { lag, traffic, nowMs, isDraining, onChange, onTrouble } = around
  const { timeouts, retries } = config.backend
  const backend = new Backend(servers, ALGORITHMS[config.backend.balance](), {
    name: config.backend.name,
    thresholds: config.backend.check,
    maxconn: config.backend.maxconn,
    nowMs,
    onChange,
  })
  const checkers = startChecks(config, backend, lag)
  return {
    config,
    backend,
    forward: {
      backend,
      traffic,
      retries,
      replayLimit: config.backend['replay-body'],
      connectMs: timeouts.connect,
      serverMs: timeouts.server,
      maxUrl: config.frontend.limits.url,
      lag,
      isDraining,
      onTrouble,
    },
    stopChecks: () => {
      for (const checker of checkers) checker.stop()
    },
  }
}

function newServer({ wanted }: PlannedServer, config: Config, { nowMs }: Surroundings): Server {
  const { name, zone, address, weight } = wanted
  const identity = { name, zone, ...address, weight }
  return new Server(identity, poolLimits(config), initialState(config.backend.check), nowMs())
}

/** What an operator has set stays, unless the file now says something else than before. */
function keepServer(running: Server, { wanted }: PlannedServer, config: Config, earlier: Generation): Server {
  const before = earlier.config.backend.servers.find(({ name }) => name === wanted.name)
  if (before?.weight !== wanted.weight) {
    earlier.backend.administer(running, { weight: wanted.weight }, `reload, weight ${wanted.weight}`)
  }
  running.limitPool(poolLimits(config))
  return running
}

function poolLimits({ backend }: Config) {
  return { maxIdle: backend['max-idle'], keepaliveMs: backend.timeouts.keepalive }
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

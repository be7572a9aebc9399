import { ALGORITHMS } from '../balance/balance.ts'
import { HealthChecker } from '../checks/health-checker.ts'
import type { Config } from '../config/schema.ts'
import type { RequestHead } from '../proxy/exchange.ts'
import type { ForwardSettings, Trouble } from '../proxy/forward.ts'
import { valuesOf } from '../proxy/headers.ts'
import { originRules } from '../proxy/origin/origin-rules.ts'
import { RetryBudget } from '../proxy/retry-budget.ts'
import { Resolver } from '../resolve/resolver.ts'
import { Backend, type StateChange } from '../server/backend.ts'
import { Server, type ServerLimits } from '../server/server.ts'
import { initialState } from '../server/server-state.ts'
import { type LineLimits, WaitingLine } from '../server/waiting-line.ts'
import type { Traffic } from '../stats/traffic.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import { type PlannedServer, planServers } from './server-changes.ts'

/** What outlives a configuration. */
export interface Surroundings {
  readonly lag: LoopLag
  readonly traffic: Traffic
  /** Where all servers' connections read to, one after the other. */
  readonly readBuffer: Buffer
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
  /** Once nobody needs the one before: its checks end, and what was removed gets nothing new. */
  readonly retireEarlier: () => void
}

const MAX_SPREAD_MS = 200
/** Retries and hedges in ten seconds that few requests suffice for. */
const LEAST_BUDGET = 10

export function firstGeneration(config: Config, around: Surroundings): Generation {
  const { planned } = planServers(config.backend.servers, [])
  return startGeneration(
    config,
    planned.map(one => newServer(one, config, around)),
    around,
    new WaitingLine(lineLimits(config)),
  )
}

/** Servers that are removed lose their connections as these come to rest. */
export function nextGeneration(config: Config, earlier: Generation, around: Surroundings): Renewal {
  const { planned, removed } = planServers(config.backend.servers, earlier.backend.servers)
  const servers = planned.map(one =>
    one.running ? keepServer(one.running, one, config, earlier) : newServer(one, config, around),
  )
  const { line } = earlier.backend
  line.limit(lineLimits(config))
  const generation = startGeneration(config, servers, around, line)
  const retireEarlier = () => {
    earlier.stopChecks()
    earlier.backend.handOver(removed)
    generation.backend.takeOver()
    for (const server of removed) {
      // Maintenance: whatever a request that is still under way finds out about it concerns nobody any more.
      earlier.backend.administer(server, { administration: 'maint' }, 'removed')
      server.pool.retire()
    }
  }
  const added = servers.filter(server => !earlier.backend.servers.includes(server))
  return { generation, added, removed, retireEarlier }
}

function startGeneration(
  config: Config,
  servers: readonly Server[],
  around: Surroundings,
  line: WaitingLine,
): Generation {
  const { lag, traffic, nowMs, isDraining, onChange, onTrouble } = around
  const { timeouts, retries } = config.backend
  const backend = new Backend(servers, ALGORITHMS[config.backend.balance](Math.random), {
    name: config.backend.name,
    thresholds: config.backend.check,
    maxconn: config.backend.maxconn,
    line,
    lag,
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
      budget: new RetryBudget(config.backend['retry-budget'], LEAST_BUDGET),
      replayLimit: config.backend['replay-body'],
      times: { connectMs: timeouts.connect, serverMs: timeouts.server },
      keyOf: keyOf(config),
      maxUrl: config.frontend.limits.url,
      origin: originRules(config.frontend),
      tunnelMs: timeouts.tunnel,
      lag,
      isDraining,
      onTrouble,
    },
    stopChecks: () => {
      for (const checker of checkers) checker.stop()
    },
  }
}

function newServer({ wanted }: PlannedServer, config: Config, around: Surroundings): Server {
  const { name, zone, address, weight } = wanted
  const identity = { name, zone, ...address, weight }
  const { readBuffer, lag, nowMs } = around
  const surroundings = { buffer: readBuffer, listenedMs: () => lag.listenedMs(), nowMs }
  return new Server(identity, serverLimits(config), surroundings, initialState(config.backend.check))
}

/** What an operator has set stays, unless the file now says something else than before. */
function keepServer(running: Server, { wanted }: PlannedServer, config: Config, earlier: Generation): Server {
  const before = earlier.config.backend.servers.find(({ name }) => name === wanted.name)
  if (before?.weight !== wanted.weight) {
    earlier.backend.administer(running, { weight: wanted.weight }, `reload, weight ${wanted.weight}`)
  }
  running.limit(serverLimits(config))
  return running
}

function serverLimits({ backend }: Config): ServerLimits {
  const { ejection, slowstart, timeouts } = backend
  return {
    pool: { maxIdle: backend['max-idle'], keepaliveMs: timeouts.keepalive },
    ejection: { baseMs: ejection.base, maxMs: ejection.max },
    slowstartMs: slowstart,
  }
}

function lineLimits({ backend }: Config): LineLimits {
  return { most: backend.maxqueue, limitMs: backend.timeouts.queue }
}

/** What tells requests apart for a hash: HAProxy's `balance uri` and `balance hdr(NAME)`. */
function keyOf({ backend: { balance, 'hash-by': hashBy } }: Config): (head: RequestHead) => string {
  if (balance !== 'hash') return () => ''
  if (hashBy === 'uri') return head => head.url
  const name = hashBy.slice('header '.length).toLowerCase()
  return head => valuesOf(head.rawHeaders, name).join(',')
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

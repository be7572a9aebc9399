import type { Config } from '../../config/schema.ts'
import { standingOf } from '../../server/administration.ts'
import type { Server } from '../../server/server.ts'
import type { FrontendStats } from '../../stats/frontend-stats.ts'
import { statusWord } from '../stats/check-words.ts'
import type { Definition, MetricsSource } from './definition.ts'
import { family, responses, type Subject, states, trafficFamilies } from './proxy-metrics.ts'

const frontend: Subject<FrontendStats> = {
  prefix: 'haproxy_frontend',
  labels: ['proxy'],
  of: ({ config, traffic }) => [{ labels: { proxy: config.frontend.name }, item: traffic.frontend }],
}

const backend: Subject<MetricsSource> = {
  prefix: 'haproxy_backend',
  labels: ['proxy'],
  of: source => [{ labels: { proxy: source.config.backend.name }, item: source }],
}

const server: Subject<Server> = {
  prefix: 'haproxy_server',
  labels: ['proxy', 'server'],
  of: source =>
    source.backend.servers.map(item => ({
      labels: { proxy: source.config.backend.name, server: item.name },
      item,
    })),
}

const balancer: Subject<MetricsSource> = {
  prefix: 'zonefall_lb',
  labels: [],
  of: source => [{ labels: {}, item: source }],
}

/** `UP 1/3` is UP. */
function stateWord(one: Server, { backend }: Config): string {
  return statusWord(one, backend.check).split(' ')[0] ?? ''
}

const isUp = (one: Server) => (standingOf(one) === 'up' ? 1 : 0)

const FRONTEND: readonly Definition[] = [
  family(frontend, 'gauge', 'current_sessions', 'Connections of clients.', item => item.sessions.current),
  family(frontend, 'gauge', 'max_sessions', 'Most connections at once.', item => item.sessions.max),
  family(
    frontend,
    'gauge',
    'limit_sessions',
    'Connections that are let in.',
    (_, { config }) => config.frontend.maxconn,
  ),
  family(
    frontend,
    'counter',
    'sessions_total',
    'Connections of clients so far.',
    item => item.sessions.total,
  ),
  family(
    frontend,
    'counter',
    'http_requests_total',
    'Requests whose head could be read.',
    item => item.requests,
  ),
  family(frontend, 'counter', 'requests_denied_total', 'Requests that were refused.', item => item.refused),
  family(
    frontend,
    'counter',
    'request_errors_total',
    'Heads that could not be read.',
    item => item.unreadable,
  ),
  family(frontend, 'counter', 'bytes_in_total', 'Bytes of requests.', item => item.bytesIn),
  family(frontend, 'counter', 'bytes_out_total', 'Bytes of answers.', item => item.bytesOut),
  responses(frontend, item => item.answers),
]

const BACKEND: readonly Definition[] = [
  states(backend, ['UP', 'DOWN'], ({ backend }) => (backend.servers.some(isUp) ? 'UP' : 'DOWN')),
  family(
    backend,
    'gauge',
    'active_servers',
    'Servers that take traffic.',
    ({ backend }) => backend.servers.filter(isUp).length,
  ),
  family(backend, 'gauge', 'current_sessions', 'Requests under way.', ({ traffic }) => traffic.underWay),
  family(
    backend,
    'gauge',
    'max_sessions',
    'Most requests at once.',
    ({ traffic }) => traffic.backend.currentMax,
  ),
  family(
    backend,
    'gauge',
    'current_queue',
    'Requests that wait for a server.',
    ({ backend }) => backend.line.length,
  ),
  family(
    backend,
    'counter',
    'check_up_down_total',
    'Times its last server went.',
    ({ backendHealth }) => backendHealth.downs,
  ),
  family(
    backend,
    'counter',
    'downtime_seconds_total',
    'Without any server.',
    ({ backendHealth, atMs }) => backendHealth.downtimeMs(atMs) / 1_000,
  ),
  ...trafficFamilies(backend, ({ traffic }) => traffic.backend),
]

const SERVER: readonly Definition[] = [
  states(server, ['UP', 'DOWN', 'DRAIN', 'MAINT'], (item, { config }) => stateWord(item, config)),
  family(server, 'gauge', 'weight', 'Its weight.', item => item.weight),
  family(server, 'gauge', 'current_sessions', 'Requests under way.', item => item.sessions.current),
  family(server, 'gauge', 'max_sessions', 'Most requests at once.', item => item.traffic.currentMax),
  family(
    server,
    'counter',
    'check_failures_total',
    'Checks that failed while it was up.',
    item => item.health.failedWhileUp,
  ),
  family(server, 'counter', 'check_up_down_total', 'Times it went down.', item => item.health.downs),
  family(
    server,
    'counter',
    'downtime_seconds_total',
    'How long it was down.',
    (item, { atMs }) => item.health.downtimeMs(atMs) / 1_000,
  ),
  ...trafficFamilies(server, item => item.traffic),
]

const BALANCER: readonly Definition[] = [
  family(balancer, 'gauge', 'start_time_seconds', 'When it started.', ({ startedMs }) => startedMs / 1_000),
  family(balancer, 'gauge', 'draining', '1 if it has been told to stop.', ({ phase }) =>
    phase === 'draining' ? 1 : 0,
  ),
  family(balancer, 'counter', 'access_log_lines_total', 'Lines for the access log.', ({ log }) => log.lines),
  family(
    balancer,
    'counter',
    'access_log_dropped_total',
    'Lines of it that were dropped.',
    ({ log }) => log.dropped,
  ),
]

export const FAMILIES: readonly Definition[] = [...FRONTEND, ...BACKEND, ...SERVER, ...BALANCER]

import { standingOf } from '../../server/administration.ts'
import type { Server } from '../../server/server.ts'
import type { AnswerCounts } from '../../stats/answer-counts.ts'
import type { TrafficStats } from '../../stats/traffic-stats.ts'
import { checkHealth, checkStatus, describeCheck, statusWord } from './check-words.ts'
import type { StatsSource } from './source.ts'

/** By column; one that is not named is empty: it has no meaning for that row, or the balancer has no such thing. */
export type StatsRow = Readonly<Record<string, string | number | undefined>>

const TYPE = { frontend: 0, backend: 1, server: 2 }
const FRONTEND_ID = 1
const BACKEND_ID = 2

/** The frontend, each server, the backend: as HAProxy tells them, and in its order. */
export function statsRows(source: StatsSource): StatsRow[] {
  const servers = source.backend.servers.map((server, index) => serverRow(server, index + 1, source))
  return [frontendRow(source), ...servers, backendRow(source)]
}

function frontendRow({ config, traffic: { frontend }, phase, atMs }: StatsSource): StatsRow {
  const { sessions, sessionRate, requestRate } = frontend
  return {
    pxname: config.frontend.name,
    svname: 'FRONTEND',
    scur: sessions.current,
    smax: sessions.max,
    slim: config.frontend.maxconn,
    stot: sessions.total,
    bin: frontend.bytesIn,
    bout: frontend.bytesOut,
    dreq: frontend.refused,
    ereq: frontend.unreadable,
    status: phase === 'serving' ? 'OPEN' : 'STOP',
    pid: 1,
    iid: FRONTEND_ID,
    sid: 0,
    type: TYPE.frontend,
    rate: sessionRate.perSecond(atMs),
    rate_max: sessionRate.max,
    ...answers(frontend.answers),
    req_rate: requestRate.perSecond(atMs),
    req_rate_max: requestRate.max,
    req_tot: frontend.requests,
    mode: 'http',
    conn_rate: sessionRate.perSecond(atMs),
    conn_rate_max: sessionRate.max,
    conn_tot: sessions.total,
  }
}

function serverRow(server: Server, id: number, { config, atMs }: StatsSource): StatsRow {
  const { backend } = config
  const { health, traffic, sessions } = server
  return {
    pxname: backend.name,
    svname: server.name,
    qcur: 0,
    qmax: 0,
    scur: sessions.current,
    slim: backend.maxconn,
    ...passed(traffic, atMs),
    status: statusWord(server, backend.check),
    weight: effectiveWeight(server),
    act: 1,
    bck: 0,
    chkfail: health.failedWhileUp,
    chkdown: health.downs,
    lastchg: seconds(atMs - server.sinceMs),
    downtime: seconds(health.downtimeMs(atMs)),
    pid: 1,
    iid: BACKEND_ID,
    sid: id,
    throttle: throttle(server),
    type: TYPE.server,
    check_status: checkStatus(health),
    check_code: health.lastCheck?.result.status,
    check_duration: health.lastCheck && Math.round(health.lastCheck.tookMs),
    last_chk: describeCheck(health),
    check_desc: server.state.kind === 'down' ? server.state.because : describeCheck(health),
    check_rise: backend.check.rise,
    check_fall: backend.check.fall,
    check_health: checkHealth(server, backend.check),
    addr: server.location ?? undefined,
    mode: 'http',
    srv_icur: server.pool.idle,
    idle_conn_cur: server.pool.idle,
    used_conn_cur: server.pool.open - server.pool.idle,
    uweight: server.weight,
  }
}

function backendRow({ config, backend, backendHealth, traffic, atMs }: StatsSource): StatsRow {
  const up = backend.servers.filter(server => standingOf(server) === 'up')
  return {
    pxname: config.backend.name,
    svname: 'BACKEND',
    qcur: backend.line.length,
    qmax: backend.line.longest,
    scur: traffic.underWay,
    ...passed(traffic.backend, atMs),
    status: up.length > 0 ? 'UP' : 'DOWN',
    weight: up.reduce((sum, server) => sum + server.weight, 0),
    act: up.length,
    bck: 0,
    chkdown: backendHealth.downs,
    lastchg: seconds(atMs - backendHealth.sinceMs),
    downtime: seconds(backendHealth.downtimeMs(atMs)),
    pid: 1,
    iid: BACKEND_ID,
    sid: 0,
    type: TYPE.backend,
    req_tot: traffic.backend.requests,
    mode: 'http',
    algo: config.backend.balance,
  }
}

/** While it starts slowly, less than its weight, and never 0: that would say that it is drained. */
function effectiveWeight(server: Server): number {
  return Math.ceil(server.share)
}

/** The part of its weight that it has, in per cent; nothing once it has all. */
function throttle({ share, weight }: Server): number | undefined {
  return share < weight ? Math.round((share / weight) * 100) : undefined
}

/** What servers and the backend tell in the same way. */
function passed(stats: TrafficStats, atMs: number): StatsRow {
  return {
    smax: stats.currentMax,
    stot: stats.requests,
    bin: stats.bytesIn,
    bout: stats.bytesOut,
    econ: stats.connectErrors,
    eresp: stats.answerErrors,
    wretr: stats.retries,
    wredis: stats.redispatches,
    lbtot: stats.picked,
    rate: stats.rate.perSecond(atMs),
    rate_max: stats.rate.max,
    ...answers(stats.answers),
    cli_abrt: stats.clientAborts,
    srv_abrt: stats.serverAborts,
    lastsess: stats.lastRequestMs === undefined ? -1 : seconds(atMs - stats.lastRequestMs),
    qtime: Math.round(stats.queueMs.mean),
    ctime: Math.round(stats.connectMs.mean),
    rtime: Math.round(stats.answerMs.mean),
    ttime: Math.round(stats.totalMs.mean),
    connect: stats.connects,
    reuse: stats.reuses,
    qtime_max: Math.round(stats.queueMs.max),
    ctime_max: Math.round(stats.connectMs.max),
    rtime_max: Math.round(stats.answerMs.max),
    ttime_max: Math.round(stats.totalMs.max),
  }
}

function answers(counts: AnswerCounts): StatsRow {
  return {
    hrsp_1xx: counts.of(1),
    hrsp_2xx: counts.of(2),
    hrsp_3xx: counts.of(3),
    hrsp_4xx: counts.of(4),
    hrsp_5xx: counts.of(5),
    hrsp_other: counts.of(0),
  }
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1_000))
}

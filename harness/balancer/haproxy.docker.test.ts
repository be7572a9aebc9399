import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseEngineTime } from '../docker/clock.ts'
import type { ContainerState } from '../docker/containers.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import type { ServerState } from '../history/event.ts'
import type { BalancerReport, Instant } from './adapter.ts'
import { haproxy } from './haproxy.ts'
import { publishedPort } from './published-port.ts'
import { watchReports } from './testing/watch-reports.ts'

type Change = Extract<BalancerReport, { type: 'change' }>

const PROJECT = `zonefall-test-${randomBytes(4).toString('hex')}`
const FILE = fileURLToPath(new URL('testing/docker-compose.yml', import.meta.url))
const PAGE = { 'zonefall.stats-port': '8404', 'zonefall.stats-path': '/stats' }
const SOCKET = { 'zonefall.stats-socket-port': '9999' }
const SOURCES = [
  ['the stats page', PAGE],
  ['the stats socket', SOCKET],
] as const

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
  await docker('compose', '-p', PROJECT, '-f', FILE, 'up', '-d')
})
afterAll(() => engine.removeProject(PROJECT))

test.each(SOURCES)(
  '%s tells when a server is killed and comes back, in each of its backends',
  async (_, labels) => {
    await using watched = watchReports(await observer(labels))
    const web1 = await containerOf('web-1')
    const { standing } = await watched.until(told('web/s1', 'up'))
    expect(web1.addresses.map(address => `${address}:8080`)).toContain(standing.address)

    const killedNs = process.hrtime.bigint()
    await engine.containers.kill(web1.id)
    for (const server of ['web/s1', 'api/s1']) {
      const down = await watched.until(told(server, 'down', killedNs))
      expect(down.standing.cause).toMatch(/^DOWN, L4/)
      expectMeets(down.instant, killedNs, await loggedNs(`Server ${server} is DOWN`))
    }

    const startedNs = process.hrtime.bigint()
    await engine.containers.start(web1.id)
    for (const server of ['web/s1', 'api/s1']) {
      const up = await watched.until(told(server, 'up', startedNs))
      expectMeets(up.instant, startedNs, await loggedNs(`Server ${server} is UP`))
    }
  },
)

test.each(SOURCES)('%s tells what an operator does, within the interval', async (_, labels) => {
  await using watched = watchReports(await observer(labels))
  await watched.until(told('web/s2', 'up'))
  for (const [command, state] of [
    ['state maint', 'drain'],
    ['state ready', 'up'],
    ['state drain', 'drain'],
    ['state ready', 'up'],
    ['weight 0', 'drain'],
    ['weight 1', 'up'],
  ] as const) {
    const sentNs = process.hrtime.bigint()
    await tellHaproxy(`set server web/s2 ${command}`)
    const doneNs = process.hrtime.bigint()
    const change = await watched.until(told('web/s2', state, sentNs))
    // A server that was out for maintenance is checked before it is ready.
    expectMeets(change.instant, sentNs, command === 'state ready' ? process.hrtime.bigint() : doneNs)
  }
})

test.each(SOURCES)(
  '%s is found again when HAProxy was restarted, and publishes another port',
  async (_, labels) => {
    await using watched = watchReports(await observer(labels))
    await watched.until(told('web/s2', 'up'))
    const proxy = await containerOf('proxy')
    await engine.containers.kill(proxy.id)
    await watched.until(report => report.type === 'lost')
    const startedNs = process.hrtime.bigint()
    await engine.containers.start(proxy.id)
    await watched.until(
      (report): report is BalancerReport => report.type === 'watched' && latestNs(report.since) > startedNs,
    )
    const sentNs = process.hrtime.bigint()
    await tellHaproxy('set server web/s2 state maint')
    await watched.until(told('web/s2', 'drain', sentNs))
    await tellHaproxy('set server web/s2 state ready')
    await watched.until(told('web/s2', 'up', sentNs))
  },
)

test.each([
  [{}, 'has none of the labels'],
  [{ 'zonefall.stats-port': '1234' }, 'is not published on loopback'],
  [{ 'zonefall.stats-url': 'http://10.0.0.1/stats' }, 'must be an http:// address on loopback'],
  [{ ...PAGE, 'zonefall.stats-path': '/no' }, 'answered 503'],
] as const)('labels that lead nowhere are said: %j', async (labels, reason) => {
  await using watched = watchReports(await observer(labels))
  const lost = await watched.until(report => report.type === 'lost')
  expect(lost.reason).toContain(reason)
})

/** The adapter's observer of the proxy, as if it carried these labels. */
async function observer(labels: Record<string, string>) {
  const labelled = async (): Promise<ContainerState> => ({
    ...(await containerOf('proxy')),
    labels: { 'zonefall.balancer': 'haproxy', ...labels },
  })
  const made = haproxy(await labelled(), labelled)
  if (!made) throw new Error('no observer')
  return made
}

async function containerOf(service: string): Promise<ContainerState> {
  const found = (await engine.containers.list(PROJECT)).find(container => container.service === service)
  if (!found) throw new Error(`no container of ${service}`)
  return found
}

/** The change of a server to a state that is known to be later than this. */
function told(server: string, state: ServerState, afterNs = 0n) {
  return (report: BalancerReport): report is Change =>
    report.type === 'change' &&
    report.standing.server === server &&
    report.standing.state === state &&
    latestNs(report.instant) >= afterNs
}

function latestNs(instant: Instant): bigint {
  if (instant.kind === 'stamped') throw new Error('HAProxy stamps nothing')
  return instant.latestNs
}

/** The truth lies in [fromNs, toNs] and must lie in the interval: so the two have a part in common. */
function expectMeets(instant: Instant, fromNs: bigint, toNs: bigint): void {
  if (instant.kind === 'stamped') throw new Error('HAProxy stamps nothing')
  expect(instant.earliestNs).toBeLessThanOrEqual(toNs)
  expect(instant.latestNs).toBeGreaterThanOrEqual(fromNs)
}

/** The latest that HAProxy's last such line of its own log can have been written, on our monotonic clock. */
async function loggedNs(line: string): Promise<bigint> {
  const { id } = await containerOf('proxy')
  const lines = (await docker('logs', '--timestamps', id)).split('\n')
  const stamp = lines.findLast(text => text.includes(line))?.split(' ')[0]
  if (!stamp) throw new Error(`HAProxy did not log: ${line}`)
  const [trip] = await engine.measureClock(1)
  if (!trip) throw new Error('the engine has no clock')
  return trip.afterNs + parseEngineTime(stamp) - trip.engineNs
}

async function tellHaproxy(command: string): Promise<void> {
  const proxy = await containerOf('proxy')
  const { host, port } = publishedPort({ ...proxy, labels: SOCKET }, 'zonefall.stats-socket-port')
  const socket = connect({ host, port })
  socket.write(`${command}\n`)
  expect((await text(socket)).trim()).toBe('')
}

async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { timeout: 60_000 })
  return stdout
}

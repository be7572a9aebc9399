import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import type { ServerState } from '../history/event.ts'
import type { BalancerReport, Instant } from './adapter.ts'
import { watchReports } from './testing/watch-reports.ts'
import { zonefallBalancer } from './zonefall-balancer.ts'

const PROJECT = `zonefall-test-${randomBytes(4).toString('hex')}`
const FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url))
const SERVICES = ['lb', 'gateway-a', 'app-a']

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
  const compose = ['compose', '-p', PROJECT, '-f', FILE, 'up', '-d', ...SERVICES]
  await promisify(execFile)('docker', compose, { timeout: 60_000 })
})
afterAll(() => engine.removeProject(PROJECT))

type Change = Extract<BalancerReport, { type: 'change' }>

test('stamped changes; a balancer that is killed is lost, and watched again at its new port', async () => {
  const lb = await containerOf('lb')
  const observer = zonefallBalancer(lb, () => engine.containers.inspect(lb.id))
  if (!observer) throw new Error('no observer')
  await using watched = watchReports(observer)
  await watched.until(isGateway('up', 0n))

  const target = await containerOf('gateway-a')
  await engine.containers.kill(target.id)
  const down = await watched.until(isGateway('down', target.startedNs))
  expect(down.instant.kind).toBe('stamped')

  await engine.containers.kill(lb.id)
  await watched.until(
    (report): report is BalancerReport =>
      report.type === 'lost' &&
      report.since.kind === 'stamped' &&
      report.since.engineNs >= latestNs(down.instant),
  )
  await engine.containers.start(target.id)
  await engine.containers.start(lb.id)
  const { startedNs } = await containerOf('lb')
  await watched.until(
    (report): report is BalancerReport => report.type === 'watched' && latestNs(report.since) > startedNs,
  )
  await watched.until(isGateway('up', startedNs))
})

function isGateway(state: ServerState, afterNs: bigint) {
  return (report: BalancerReport): report is Change =>
    report.type === 'change' &&
    report.standing.server === 'gateway-a' &&
    report.standing.state === state &&
    latestNs(report.instant) > afterNs
}

/** On the engine's clock, as all of this balancer's are. */
function latestNs(instant: Instant): bigint {
  return instant.kind === 'stamped' ? instant.engineNs : instant.latestNs
}

async function containerOf(service: string) {
  const found = (await engine.containers.list(PROJECT)).find(container => container.service === service)
  if (!found) throw new Error(`no container of ${service}`)
  return found
}

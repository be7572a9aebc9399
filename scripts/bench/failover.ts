import { setTimeout as delay } from 'node:timers/promises'
import { docker } from './balancer/docker.ts'
import { openLoop, type Sample } from './balancer/open-loop.ts'
import { CASES, type FailoverCase, type Measure } from './failover/faults.ts'
import { peakShares } from './failover/peak.ts'
import {
  CONTENDERS,
  type Contender,
  makeNetworks,
  type Networks,
  type RigServer,
  startRig,
} from './failover/rig.ts'
import type { Figure } from './figure.ts'

const RATE = 200
const WARM_SECONDS = 1
const HEALTHY_SECONDS = 3
const FAULT_SECONDS = 4
const FAULT_AFTER_MS = 200
const LATE_MS = 150

/**
 * What clients see while one server of three fails, in containers, through each balancer: 200 requests a second, half
 * of them on new connections, the fault held for four seconds. By turns, and each time in new containers.
 */
export async function failoverFigures(runs: number): Promise<Figure[]> {
  await using networks = await makeNetworks()
  const figures: Figure[] = []
  for (const one of CASES) {
    process.stderr.write(`failover: ${one.name}\n`)
    figures.push(...(await caseFigures(one, networks, runs)))
  }
  figures.push(...(await peakFigures(networks, runs)))
  return figures
}

async function caseFigures(one: FailoverCase, networks: Networks, runs: number): Promise<Figure[]> {
  const seen = new Map<string, Record<Measure, number>[]>(CONTENDERS.map(({ name }) => [name, []]))
  for (let time = 0; time < runs; time += 1)
    for (const contender of CONTENDERS)
      seen.get(contender.name)?.push(await underFault(one, contender, networks))
  const measures = Object.keys(seen.values().next().value?.[0] ?? {}) as Measure[]
  return measures
    .filter(measure => measure !== 'sent twice' || one.method === 'POST')
    .flatMap(measure =>
      [...seen].map(([column, values]) => ({
        name: `${one.name}: ${measure}`,
        column,
        bound: one.bounds[measure] ?? '–',
        values: values.map(value => value[measure]),
        unit: measure === 'worst' || measure === 'p99 healthy' || measure === 'p99 during' ? 'ms' : '',
      })),
    )
}

async function underFault(
  { method, inject }: FailoverCase,
  contender: Contender,
  networks: Networks,
): Promise<Record<Measure, number>> {
  await using rig = await startRig(contender, networks)
  await openLoop(rig.port, method, RATE, WARM_SECONDS) // compiled, connected
  const healthy = await openLoop(rig.port, method, RATE, HEALTHY_SECONDS)
  const faulted = openLoop(rig.port, method, RATE, FAULT_SECONDS)
  await delay(FAULT_AFTER_MS)
  const [, struck] = rig.servers
  const injected = struck ? inject(struck) : undefined
  const during = await faulted
  await injected
  const posts = await postsOf(rig.servers)
  if (method === 'POST' && posts.length === 0) throw new Error('the servers told of no POST')
  return summary(healthy, during, posts)
}

/** The path of each POST that a server had, as often as it had it. */
async function postsOf(servers: readonly RigServer[]): Promise<string[]> {
  const logs = await Promise.all(servers.map(({ id }) => docker('logs', id)))
  return logs.flatMap(log => log.split('\n').filter(line => line !== ''))
}

function summary(
  healthy: readonly Sample[],
  during: readonly Sample[],
  posts: readonly string[],
): Record<Measure, number> {
  const usual = p99(healthy)
  return {
    bad: during.filter(({ status }) => status !== 200).length,
    late: during.filter(({ latencyMs }) => latencyMs > usual + LATE_MS).length,
    worst: Math.max(...during.map(({ latencyMs }) => latencyMs)),
    'p99 healthy': usual,
    'p99 during': p99(during),
    'p99 ratio': p99(during) / usual,
    'sent twice': posts.length - new Set(posts).size,
  }
}

function p99(samples: readonly Sample[]): number {
  const sorted = samples.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b)
  return sorted[Math.floor(0.99 * sorted.length)] ?? Number.NaN
}

async function peakFigures(networks: Networks, runs: number): Promise<Figure[]> {
  const seen = new Map<string, number[]>(CONTENDERS.map(({ name }) => [name, []]))
  for (let time = 0; time < runs; time += 1)
    for (const contender of CONTENDERS) {
      await using rig = await startRig(contender, networks)
      seen.get(contender.name)?.push(await peakShares(rig))
    }
  return [...seen].map(([column, values]) => ({
    name: 'three at peak, one killed: survivors off an equal share',
    ...{ column, values, bound: '≤ 5', unit: '%' },
  }))
}

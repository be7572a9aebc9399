import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Conduct } from './balancer/faulty-server-process.ts'
import { openLoop, type Sample } from './balancer/open-loop.ts'
import { type RunningProxy, startHaproxy, startNginx, startOurs } from './balancer/proxies.ts'
import type { Figure } from './figure.ts'

const RATE = 200
const HEALTHY_SECONDS = 2
const FAULT_SECONDS = 4
const LONG_MS = 100

type Method = 'GET' | 'POST'

interface Fault {
  readonly name: string
  readonly method: Method
  inject(server: FaultyServer): void
}

const FAULTS: readonly Fault[] = [
  { name: 'kill, GET', method: 'GET', inject: server => server.child.kill('SIGKILL') },
  { name: 'kill, POST', method: 'POST', inject: server => server.child.kill('SIGKILL') },
  { name: 'freeze, GET', method: 'GET', inject: server => server.child.kill('SIGSTOP') },
  {
    name: 'slow by 300 ms, GET',
    method: 'GET',
    inject: server => server.tell({ delayMs: 302, status: 200 }),
  },
  { name: '503, GET', method: 'GET', inject: server => server.tell({ delayMs: 2, status: 503 }) },
  { name: 'graceful stop, GET', method: 'GET', inject: server => server.child.kill('SIGTERM') },
  { name: 'graceful stop, POST', method: 'POST', inject: server => server.child.kill('SIGTERM') },
]

/**
 * What clients see while one server of three fails, through each balancer: 200 requests a second, the fault held for
 * four seconds. HAProxy and nginx are tuned for it, as the configurations beside this file say.
 */
export async function failoverFigures(runs: number): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const fault of FAULTS) {
    const seen = new Map<string, Seen[]>()
    for (let time = 0; time < runs; time += 1)
      for (const start of [startHaproxy, startNginx, startOurs]) {
        const { name, ...one } = await underFault(fault, start)
        seen.set(name, [...(seen.get(name) ?? []), one])
      }
    for (const [name, all] of seen) figures.push(...figuresOf(`${fault.name}, ${name}`, all))
  }
  return figures
}

interface Seen {
  readonly bad: number
  readonly long: number
  readonly worstMs: number
  readonly p99Ratio: number
  readonly twice: number
}

async function underFault(fault: Fault, start: (ports: readonly number[]) => Promise<RunningProxy>) {
  const servers = await Promise.all([1, 2, 3].map(() => startFaulty()))
  const proxy = await start(servers.map(({ port }) => port))
  try {
    await openLoop(proxy.port, fault.method, RATE, 1) // compiled, connected
    const healthy = await openLoop(proxy.port, fault.method, RATE, HEALTHY_SECONDS)
    const faulted = openLoop(proxy.port, fault.method, RATE, FAULT_SECONDS)
    if (servers[1]) setTimeout(inject(fault, servers[1]), 200)
    const during = await faulted
    return { name: proxy.name, ...summary(healthy, during, servers) }
  } finally {
    await proxy.stop()
    for (const { child } of servers) child.kill('SIGKILL')
  }
}

function inject(fault: Fault, server: FaultyServer): () => void {
  return () => fault.inject(server)
}

function summary(
  healthy: readonly Sample[],
  during: readonly Sample[],
  servers: readonly FaultyServer[],
): Seen {
  const posts = servers.flatMap(server => server.posts)
  return {
    bad: during.filter(({ status }) => status !== 200).length,
    long: during.filter(({ latencyMs }) => latencyMs > LONG_MS).length,
    worstMs: Math.max(...during.map(({ latencyMs }) => latencyMs)),
    p99Ratio: p99(during) / p99(healthy),
    twice: posts.length - new Set(posts).size,
  }
}

function p99(samples: readonly Sample[]): number {
  const sorted = samples.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b)
  return sorted[Math.floor(0.99 * sorted.length)] ?? Number.NaN
}

function figuresOf(name: string, all: readonly Seen[]): Figure[] {
  const figure = (what: string, unit: string, of: (seen: Seen) => number): Figure => ({
    name: `${name}: ${what}`,
    bound: '–',
    values: all.map(of),
    unit,
  })
  return [
    figure('bad', '', seen => seen.bad),
    figure('over 100 ms', '', seen => seen.long),
    figure('worst', 'ms', seen => seen.worstMs),
    figure('p99 against healthy', '', seen => seen.p99Ratio),
    ...(name.includes('POST') ? [figure('sent twice', '', seen => seen.twice)] : []),
  ]
}

interface FaultyServer {
  readonly child: ChildProcess
  readonly port: number
  readonly posts: string[]
  tell(conduct: Conduct): void
}

async function startFaulty(): Promise<FaultyServer> {
  const child = fork(new URL('./balancer/faulty-server-process.ts', import.meta.url), { execArgv: [] })
  const [port] = (await once(child, 'message')) as [number]
  const posts: string[] = []
  child.on('message', path => void posts.push(String(path)))
  return { child, port, posts, tell: conduct => void child.send(conduct) }
}

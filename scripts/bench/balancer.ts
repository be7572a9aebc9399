import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Round } from './balancer/closed-loop-process.ts'
import {
  OURS,
  type RunningProxy,
  startHaproxy,
  startHttpProxy,
  startNginx,
  startOurs,
} from './balancer/proxies.ts'
import { cpuUs } from './cpu-time.ts'
import type { Figure } from './figure.ts'

const CONNECTIONS = 32
const SECONDS = 4

/**
 * Requests that a proxy carries in a second of its processor time, as a share of HAProxy's on one thread. Rounds go
 * by turns, and only those of one turn are compared: the machine is never the same twice.
 */
export async function balancerFigures(runs: number): Promise<Figure[]> {
  const servers = fork(new URL('./balancer/plain-servers-process.ts', import.meta.url), { execArgv: [] })
  const client = fork(new URL('./balancer/closed-loop-process.ts', import.meta.url), { execArgv: [] })
  const [ports] = (await once(servers, 'message')) as [number[]]
  const proxies: RunningProxy[] = []
  try {
    for (const start of [startHaproxy, startNginx, startOurs, startHttpProxy])
      proxies.push(await start(ports))
    for (const proxy of proxies) await perCpuSecond(client, proxy, 5) // compiled, connected
    const measured = new Map<string, number[]>(proxies.map(({ name }) => [name, []]))
    for (let time = 0; time < runs; time += 1)
      for (const proxy of proxies) measured.get(proxy.name)?.push(await perCpuSecond(client, proxy, SECONDS))
    return proxies.flatMap(({ name }) =>
      figuresOf(name, measured.get(name) ?? [], measured.get('HAProxy') ?? []),
    )
  } finally {
    for (const proxy of proxies) await proxy.stop()
    client.disconnect()
    servers.disconnect()
  }
}

async function perCpuSecond(
  client: ChildProcess,
  { port, pid }: RunningProxy,
  seconds: number,
): Promise<number> {
  const before = await cpuUs(pid)
  client.send({ port, connections: CONNECTIONS, seconds } satisfies Round)
  const [answered] = (await once(client, 'message')) as [number]
  return (answered * 1e6) / ((await cpuUs(pid)) - before)
}

function figuresOf(name: string, rates: readonly number[], reference: readonly number[]): Figure[] {
  const rate: Figure = { name: `${name}: requests a CPU-second`, bound: '–', values: rates, unit: '' }
  if (rates === reference) return [rate]
  const share: Figure = {
    name: `${name}, as a share of HAProxy's`,
    bound: name === OURS ? '≥ 0.6' : '–',
    values: rates.map((one, time) => one / (reference[time] ?? Number.NaN)),
    unit: '',
  }
  return [rate, share]
}

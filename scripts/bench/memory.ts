import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Held } from '../../lb/soak/memory-probe.ts'
import { WatchedBalancer } from '../../lb/soak/watched-balancer.ts'
import type { Round } from './balancer/closed-loop-process.ts'
import { balancerConfig } from './balancer/configs.ts'
import type { Pace, Paced } from './balancer/paced-loop-process.ts'
import type { Figure } from './figure.ts'

const CONNECTIONS = 32
const WARM_SECONDS = 4
const CAPACITY_SECONDS = 4
const CAPACITY_TRIES = 3
const SHARE = 0.7
const PACED_SECONDS = 15
const MILLION = 1_000_000
const MILLIONS = 10
const ROUND_SECONDS = 5
/** Of the ten million; what has not come by then is not waited for. */
const MOST_MINUTES = 40

/**
 * What the balancer carries here at most, how late it answers at 70 % of that, and what it holds after each of ten
 * million requests, garbage collected. Once, however many runs are asked for: it takes a quarter of an hour or more.
 */
export async function memoryFigures(): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack()
  const started = (name: string) => {
    const child = fork(new URL(`./balancer/${name}`, import.meta.url), { execArgv: [] })
    stack.defer(() => child.disconnect())
    return child
  }
  const servers = started('plain-servers-process.ts')
  const [ports] = (await once(servers, 'message')) as [number[]]
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-bench-'))
  const config = balancerConfig(
    'own',
    '127.0.0.1:0',
    ports.map(port => `127.0.0.1:${port}`),
  )
  const balancer = stack.use(await WatchedBalancer.start(folder, config))
  await balancer.allUp()
  const client = started('closed-loop-process.ts')
  await answeredIn(client, balancer, WARM_SECONDS) // compiled, connected
  const rates: number[] = []
  for (let time = 0; time < CAPACITY_TRIES; time += 1)
    rates.push((await answeredIn(client, balancer, CAPACITY_SECONDS)) / CAPACITY_SECONDS)
  const capacity = rates.toSorted((a, b) => a - b)[1] ?? Number.NaN
  const pace: Pace = {
    ...{ port: balancer.trafficPort, connections: CONNECTIONS, seconds: PACED_SECONDS },
    ratePerSecond: SHARE * capacity,
  }
  const pacer = started('paced-loop-process.ts')
  const p99s: number[] = []
  for (let time = 0; time < CAPACITY_TRIES; time += 1) {
    pacer.send(pace)
    const [{ p99Ms }] = (await once(pacer, 'message')) as [Paced]
    p99s.push(p99Ms)
  }
  return [
    { name: 'balancer: capacity', bound: '–', values: rates, unit: 'requests/s' },
    { name: 'p99 at 70 % of that', bound: '< 20', values: p99s, unit: 'ms' },
    ...figuresOf(await heldAfterMillions(client, balancer)),
  ]
}

async function answeredIn(
  client: ChildProcess,
  { trafficPort }: WatchedBalancer,
  seconds: number,
): Promise<number> {
  client.send({ port: trafficPort, connections: CONNECTIONS, seconds } satisfies Round)
  const [answered] = (await once(client, 'message')) as [number]
  return answered
}

/** After the first million, the second, and so on. */
async function heldAfterMillions(client: ChildProcess, balancer: WatchedBalancer): Promise<Held[]> {
  const endMs = performance.now() + MOST_MINUTES * 60_000
  const held: Held[] = []
  let answered = 0
  while (held.length < MILLIONS) {
    if (performance.now() > endMs) throw new Error(`only ${answered} requests in ${MOST_MINUTES} minutes`)
    answered += await answeredIn(client, balancer, ROUND_SECONDS)
    if (answered < (held.length + 1) * MILLION) continue
    held.push(await balancer.held())
    process.stderr.write(`memory: ${held.length} of ${MILLIONS} million requests\n`)
  }
  return held
}

function figuresOf(held: readonly Held[]): Figure[] {
  const megabytes = (of: keyof Held) => held.map(one => one[of] / 1e6)
  const heap = megabytes('heapBytes')
  const growth = ((heap.at(-1) ?? Number.NaN) - (heap[0] ?? Number.NaN)) / (heap.length - 1)
  return [
    { name: 'heap after each million requests', bound: '–', values: heap, unit: 'MB' },
    { name: 'resident after each', bound: '–', values: megabytes('residentBytes'), unit: 'MB' },
    { name: 'growth of the heap a million requests', bound: '≤ 0.1', values: [growth], unit: 'MB' },
  ]
}

import { readFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { type Disturbance, disturb } from './disturbance.ts'
import { type Judgement, Ledger } from './ledger.ts'
import type { Held } from './memory-probe.ts'
import { soakRandom } from './soak-random.ts'
import { ask, drawKind } from './soak-request.ts'
import { SoakServer } from './soak-server.ts'
import { WatchedBalancer } from './watched-balancer.ts'

export interface SoakPlan {
  readonly seed: number
  readonly requests: number
  /** Requests under way at once. */
  readonly clients: number
  /** Rounds of a kill, a freeze and a drain that there are at least, however quick the requests. */
  readonly rounds: number
  /** Where its configuration and the servers' deeds are written. */
  readonly folder: string
  readonly onProgress?: (requests: number) => void
}

export interface SoakResult extends Judgement {
  readonly requests: number
  readonly seconds: number
  readonly disturbances: readonly Disturbance[]
  /** Sockets of the balancer's before the first request, and once it had rested after the last. */
  readonly sockets: { readonly before: number; readonly after: number }
  /** After a tenth of the requests, and after all. */
  readonly memory: { readonly before: Held; readonly after: Held }
}

const SERVERS = ['a', 'b', 'c']
/** Idle connections to servers are closed after it. */
const KEEPALIVE_MS = 1_000
const FIRST_LOOK_MS = 500
const REST_MS = 30_000
const LOOK_MS = 50

/** Real processes under requests, one of them disturbed at a time. What came of it is told, not judged. */
export async function soak(plan: SoakPlan): Promise<SoakResult> {
  const deeds = join(plan.folder, 'deeds')
  await using stack = new AsyncDisposableStack()
  const servers: SoakServer[] = []
  for (const name of SERVERS) servers.push(stack.use(await SoakServer.start(name, deeds)))
  const balancer = stack.use(await WatchedBalancer.start(plan.folder, configOf(servers)))
  await balancer.allUp()
  const before = await fewestSockets(balancer, Number.NEGATIVE_INFINITY, FIRST_LOOK_MS)
  const startMs = performance.now()
  const ledger = new Ledger()
  let disturbances: Disturbance[] | undefined
  const isOver = () => ledger.total >= plan.requests && disturbances !== undefined
  const traffic = sendAll(balancer, plan, ledger, isOver)
  disturbances = await disturb(
    balancer,
    servers,
    soakRandom(plan.seed),
    done => ledger.total >= plan.requests && done.length >= plan.rounds * SERVERS.length,
  )
  const memoryBefore = await traffic
  const seconds = (performance.now() - startMs) / 1_000
  const after = await fewestSockets(balancer, before, REST_MS)
  const memory = { before: memoryBefore, after: await balancer.held() }
  const done = (await readFile(deeds, 'latin1')).trim().split('\n').map(Number)
  return {
    ...ledger.judge(done, disturbances),
    ...{ requests: ledger.total, seconds, disturbances, memory },
    sockets: { before, after },
  }
}

/** What the balancer held after a tenth. */
async function sendAll(
  balancer: WatchedBalancer,
  { seed, clients, requests, onProgress }: SoakPlan,
  ledger: Ledger,
  isOver: () => boolean,
): Promise<Held> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const random = soakRandom(seed + 1)
  const early = Promise.withResolvers<Held>()
  let next = 0
  const client = async () => {
    while (!isOver()) {
      const request = { id: next, kind: drawKind(random) }
      next += 1
      if (request.id === Math.floor(requests / 10)) balancer.held().then(early.resolve, early.reject)
      const fromMs = performance.now()
      const outcome = await ask(balancer.trafficPort, agent, request)
      ledger.note(request, outcome, fromMs, performance.now())
      onProgress?.(ledger.total)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  agent.destroy()
  return early.promise
}

/** As few as it comes to within that time, or those: a check that is under way has one for a moment. */
async function fewestSockets(balancer: WatchedBalancer, enough: number, limitMs: number): Promise<number> {
  const endMs = performance.now() + limitMs
  let fewest = Number.POSITIVE_INFINITY
  while (fewest > enough && performance.now() < endMs) {
    fewest = Math.min(fewest, await balancer.openSockets())
    await delay(LOOK_MS)
  }
  return fewest
}

/** Patient checks and no budget: on a busy machine all are late, and what is lost to thrift could have been kept. */
function configOf(servers: readonly SoakServer[]): string {
  const lines = servers.map(
    ({ name, port }) => `    - { name: ${name}, zone: zone-${name}, address: "127.0.0.1:${port}" }`,
  )
  return `frontend: { bind: "127.0.0.1:0" }
backend:
  name: soak
  servers:
${lines.join('\n')}
  check: { path: /readyz, inter: 200ms, fastinter: 50ms, timeout: 2s, rise: 1, fall: 2 }
  retry-budget: 1
  timeouts: { server: 30s, keepalive: ${KEEPALIVE_MS}ms }
  ejection: { base: 100ms, max: 500ms }
admin: { bind: "127.0.0.1:0" }
`
}

import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { balancerConfig, haproxyConfig, nginxConfig } from '../balancer/configs.ts'
import { configFile, docker } from '../balancer/docker.ts'

/**
 *     client ── published port on loopback ── balancer ── network without a way out ── three servers
 */
export interface Rig {
  readonly port: number
  readonly servers: readonly RigServer[]
}

export interface RigServer {
  readonly id: string
  readonly name: string
  /** The network that it is on. */
  readonly network: string
}

export interface Contender {
  readonly name: string
  /** What `docker create` is told to run, the servers' addresses given. */
  readonly run: (servers: readonly string[]) => Promise<readonly string[]>
}

const BIND = '0.0.0.0:8080'
const SERVER = new URL('./server.mjs', import.meta.url).pathname
/** Of this run's containers and networks. */
const LABEL = `zonefall.bench=failover-${process.pid}`
const NAMES = ['s0', 's1', 's2']
const READY_MS = 30_000
const LOOK_MS = 20
const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const INTERRUPTED = 130

const OURS = 'this balancer'

export const CONTENDERS: readonly Contender[] = [
  { name: OURS, run: servers => ours('own', servers) },
  {
    name: 'HAProxy, tuned',
    run: async servers => {
      const path = await configFile('haproxy.cfg', haproxyConfig(BIND, servers))
      return ['-v', `${path}:/etc/bench.cfg:ro`, 'zonefall/peers:1', 'haproxy', '-db', '-f', '/etc/bench.cfg']
    },
  },
  {
    name: 'nginx, tuned',
    run: async servers => {
      const path = await configFile('nginx.conf', nginxConfig(BIND, servers))
      return ['-v', `${path}:/etc/bench.conf:ro`, 'zonefall/peers:1', 'nginx', '-c', '/etc/bench.conf']
    },
  },
  { name: 'http-proxy', run: servers => ours('http-proxy', servers) },
]

async function ours(engine: 'own' | 'http-proxy', servers: readonly string[]): Promise<string[]> {
  const path = await configFile('lb.yml', balancerConfig(engine, BIND, servers))
  return ['-v', `${path}:/srv/lb.yml:ro`, 'zonefall/lb:local']
}

export interface Networks extends AsyncDisposable {
  /** The balancers' port is published from here. */
  readonly front: string
  readonly back: string
}

export async function makeNetworks(): Promise<Networks> {
  const onSignal = () => {
    removeAll()
    process.exit(INTERRUPTED)
  }
  for (const signal of SIGNALS) process.once(signal, onSignal)
  const name = `zonefall-bench-${process.pid}`
  const front = await docker('network', 'create', '--label', LABEL, `${name}-front`)
  const back = await docker('network', 'create', '--label', LABEL, '--internal', `${name}-back`)
  return {
    front,
    back,
    [Symbol.asyncDispose]: async () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
      await docker('network', 'rm', front, back)
    },
  }
}

/** Whoever interrupts the bench finds nothing of it; what is under way in this process is not waited for. */
function removeAll(): void {
  const ids = (...list: string[]) =>
    spawnSync('docker', [...list, '-q', '--filter', `label=${LABEL}`], { encoding: 'utf8' }).stdout.split(
      /\s+/,
    )
  for (const id of ids('ps', '-a').filter(Boolean)) spawnSync('docker', ['rm', '-f', id])
  for (const id of ids('network', 'ls').filter(Boolean)) spawnSync('docker', ['network', 'rm', id])
}

/** New containers for each trial: what one fault leaves behind is nobody's in the next. */
export async function startRig(
  { run }: Contender,
  { front, back }: Networks,
): Promise<Rig & AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  const keep = (id: string) => started.defer(async () => void (await docker('rm', '-f', '-v', id)))
  const servers = await Promise.all(
    NAMES.map(async name => {
      const options = [
        '--label',
        LABEL,
        '--network',
        back,
        '--network-alias',
        name,
        '-v',
        `${SERVER}:/server.mjs:ro`,
      ]
      const id = await docker('create', ...options, 'zonefall/node:24', 'node', '/server.mjs', name)
      keep(id)
      await docker('start', id)
      return { id, name, network: back }
    }),
  )
  const balancer = await docker(
    ...['create', '--label', LABEL, '--network', front, '-p', '127.0.0.1::8080'],
    ...(await run(NAMES.map(name => `${name}:8080`))),
  )
  keep(balancer)
  await docker('network', 'connect', back, balancer)
  await docker('start', balancer)
  const port = Number((await docker('port', balancer, '8080/tcp')).split('\n')[0]?.split(':').at(-1))
  await allServe(port)
  const cleanup = started.move()
  return { port, servers, [Symbol.asyncDispose]: () => cleanup.disposeAsync() }
}

/** Until each server has answered. */
async function allServe(port: number): Promise<void> {
  const endMs = performance.now() + READY_MS
  const seen = new Set<string>()
  while (seen.size < NAMES.length) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    const name = answer?.headers.get('x-served-by')
    if (answer?.ok && name) seen.add(name)
    else await delay(LOOK_MS)
    if (performance.now() > endMs)
      throw new Error(`of the servers only ${[...seen].join(', ') || 'none'} answered`)
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '../zonefall.ts'
import { balancerConfig, haproxyConfig, nginxConfig } from './configs.ts'
import { configFile, docker } from './docker.ts'

/** One that runs, on loopback, on one thread. */
export interface RunningProxy {
  readonly name: string
  readonly port: number
  /** Of the process that does the work. */
  readonly pid: number
  stop(): Promise<void>
}

export const OURS = 'zonefall lb'
const PEERS = 'zonefall/peers:1'

export function startOurs(servers: readonly number[]): Promise<RunningProxy> {
  return startBalancer(OURS, 'own', servers)
}

/** The baseline: the same frontend and checks, the requests carried as an ordinary Node proxy does it. */
export function startHttpProxy(servers: readonly number[]): Promise<RunningProxy> {
  return startBalancer('http-proxy', 'http-proxy', servers)
}

async function startBalancer(
  name: string,
  engine: 'own' | 'http-proxy',
  servers: readonly number[],
): Promise<RunningProxy> {
  const path = await configFile('lb.yml', balancerConfig(engine, '127.0.0.1:0', servers.map(onLoopback)))
  const child = spawn(process.execPath, [join(ROOT, 'lb/main.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let port = 0
  let up = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line)
    if (said.event === 'serving') port = Number(said.bind.split(':')[1])
    if (said.event === 'server-state' && said.state === 'up') up += 1
    if (up === servers.length) break
  }
  child.stdout.resume()
  return {
    name,
    port,
    pid: child.pid ?? Number.NaN,
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

export async function startHaproxy(servers: readonly number[]): Promise<RunningProxy> {
  const port = await freePort()
  const path = await configFile('haproxy.cfg', haproxyConfig(onLoopback(port), servers.map(onLoopback)))
  return startPeer(
    'HAProxy',
    port,
    ['-v', `${path}:/etc/bench.cfg:ro`],
    ['haproxy', '-db', '-f', '/etc/bench.cfg'],
  )
}

export async function startNginx(servers: readonly number[]): Promise<RunningProxy> {
  const port = await freePort()
  const path = await configFile('nginx.conf', nginxConfig(onLoopback(port), servers.map(onLoopback)))
  return startPeer('nginx', port, ['-v', `${path}:/etc/bench.conf:ro`], ['nginx', '-c', '/etc/bench.conf'])
}

/** In a container for its files' sake only: on the host's network and without system call filter, as ours runs. */
async function startPeer(
  name: string,
  port: number,
  options: string[],
  command: string[],
): Promise<RunningProxy> {
  const id = await docker(
    'run',
    '-d',
    '--network',
    'host',
    '--security-opt',
    'seccomp=unconfined',
    ...options,
    PEERS,
    ...command,
  )
  const pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', id))
  await answering(port)
  return { name, port, pid, stop: async () => void (await docker('rm', '-f', id)) }
}

async function answering(port: number): Promise<void> {
  const endMs = performance.now() + 10_000
  while (performance.now() < endMs) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    if (answer?.ok) return
  }
  throw new Error(`nothing answers on port ${port}`)
}

function onLoopback(port: number): string {
  return `127.0.0.1:${port}`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

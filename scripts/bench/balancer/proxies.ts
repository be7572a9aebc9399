import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { ROOT } from '../zonefall.ts'

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
  const lines = servers.map(
    (port, index) => `    - { name: s${index}, zone: z${index}, address: "127.0.0.1:${port}" }`,
  )
  const path = await configFile(
    'lb.yml',
    `frontend: { bind: "127.0.0.1:0" }
backend:
  name: bench
  engine: ${engine}
  servers:
${lines.join('\n')}
  check: { path: /readyz, inter: 200ms, fastinter: 50ms, timeout: 150ms, rise: 2, fall: 2 }
admin: { bind: "127.0.0.1:0" }
`,
  )
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

/** Debian's HAProxy, tuned for failures: quick checks, short time limits, retries on. */
export async function startHaproxy(servers: readonly number[]): Promise<RunningProxy> {
  const port = await freePort()
  const path = await configFile(
    'haproxy.cfg',
    `global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 500ms
  timeout connect 100ms
  timeout check 100ms
  retries 2
  option redispatch
  option forwardfor
frontend edge
  bind 127.0.0.1:${port}
  default_backend servers
backend servers
  balance roundrobin
  retry-on all-retryable-errors
  http-reuse always
  option httpchk GET /readyz
${servers.map((server, index) => `  server s${index} 127.0.0.1:${server} check inter 250ms fastinter 100ms`).join('\n')}
`,
  )
  return startPeer(
    'HAProxy',
    port,
    ['-v', `${path}:/etc/bench.cfg:ro`],
    ['haproxy', '-db', '-f', '/etc/bench.cfg'],
  )
}

export async function startNginx(servers: readonly number[]): Promise<RunningProxy> {
  const port = await freePort()
  const path = await configFile(
    'nginx.conf',
    `daemon off;
master_process off;
worker_processes 1;
error_log /dev/null;
pid /tmp/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  upstream servers {
${servers.map(server => `    server 127.0.0.1:${server} max_fails=1 fail_timeout=2s;`).join('\n')}
    keepalive 128;
    keepalive_requests 100000000;
  }
  proxy_connect_timeout 100ms;
  proxy_read_timeout 500ms;
  proxy_next_upstream error timeout http_503;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`,
  )
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

async function docker(...args: string[]): Promise<string> {
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  return said.trim()
}

async function answering(port: number): Promise<void> {
  const endMs = performance.now() + 10_000
  while (performance.now() < endMs) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    if (answer?.ok) return
  }
  throw new Error(`nothing answers on port ${port}`)
}

async function configFile(name: string, content: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'zonefall-bench-')), name)
  await writeFile(path, content, { mode: 0o644 })
  return path
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

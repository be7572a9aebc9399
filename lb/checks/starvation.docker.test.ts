import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { send } from '../testing/start-balancer.ts'

/** The reference system's checks, before three servers that share the balancer's network, not its processor time. */
const CONFIG = `frontend: { bind: "0.0.0.0:8080" }
backend:
  name: tests
  servers:
    - { name: a, zone: a, address: "127.0.0.1:8081" }
    - { name: b, zone: b, address: "127.0.0.1:8082" }
    - { name: c, zone: c, address: "127.0.0.1:8083" }
  check: { path: /readyz, inter: 200ms, fastinter: 50ms, timeout: 150ms, rise: 2, fall: 2 }
admin: { bind: "127.0.0.1:0" }
`
/** Prints each POST. `/late`: by how many ms the process was late at most since that was last asked. */
const SERVERS = `
const late = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 10 })
late.enable()
for (const port of [8081, 8082, 8083])
  require('node:http').createServer({ keepAliveTimeout: 60000 }, (request, response) => {
    if (request.method === 'POST') require('node:fs').writeSync(1, request.url + '\\n')
    if (request.url !== '/late') return void request.resume().on('end', () => response.end('ok'))
    response.end(String(late.max / 1e6))
    late.reset()
  }).listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit())
`
const CPUS = '0.15'
const STARVED_MS = 6_000
/** Enough to want all of the processor time that it has: with four, its naps were too short to be mistaken for silence. */
const CLIENTS = 48
const READY = { interval: 50, timeout: 60_000 }
/** A server that was later than this itself may well have been taken out for it. */
const LATE_MS = 75
/** What the kernel holds it to, in µs of 100,000; of cgroup v1 or v2. Read back, since `update` only asks for it. */
const QUOTA = `const { existsSync, readFileSync } = require('node:fs')
const [path] = ['/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/sys/fs/cgroup/cpu.max'].filter(existsSync)
console.log(parseInt(readFileSync(path, 'utf8')))`

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { timeout: 60_000 })
  return stdout.trim()
}

async function startStarvable() {
  await using started = new AsyncDisposableStack()
  const name = `zonefall-test-${randomBytes(4).toString('hex')}`
  await docker('network', 'create', name)
  started.defer(async () => void (await docker('network', 'rm', name)))
  const config = join(await mkdtemp(join(tmpdir(), 'lb-')), 'lb.yml')
  await writeFile(config, CONFIG, { mode: 0o644 })
  const balancer = await docker('create', '--network', name, '-p', '127.0.0.1::8080', 'zonefall/lb:local')
  started.defer(async () => void (await docker('rm', '-f', balancer)))
  await docker('cp', config, `${balancer}:/srv/lb.yml`)
  await docker('start', balancer)
  const shared = ['--network', `container:${balancer}`, '--cpu-shares', '8192']
  const servers = await docker('run', '-d', ...shared, 'zonefall/node:24', 'node', '-e', SERVERS)
  started.defer(async () => void (await docker('rm', '-f', servers)))
  const port = Number((await docker('port', balancer, '8080/tcp')).split('\n')[0]?.split(':').at(-1))
  const states = async () =>
    (await docker('logs', balancer))
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(({ event }) => event === 'server-state')
      .map(({ state }) => state as string)
  await expect.poll(async () => (await states()).filter(state => state === 'up').length, READY).toBe(3)
  const cleanup = started.move()
  return { balancer, servers, port, states, [Symbol.asyncDispose]: () => cleanup.disposeAsync() }
}

/** Clients, one request after the other each, until that is over: what was answered, and by whom. */
async function answersDuring(port: number, work: Promise<unknown>): Promise<Set<string>> {
  const seen = new Set<string>()
  let count = 0
  let phase: 'on' | 'over' = 'on'
  const client = async (method: string) => {
    while (phase === 'on') {
      count += 1
      const body = method === 'POST' ? 'body' : undefined
      const { status, headers } = await send(port, { method, path: `/${method}/${count}` }, body)
      seen.add(`${status} by ${headers['x-zonefall-lb-error'] ?? 'a server'}`)
    }
  }
  const clients = Array.from({ length: CLIENTS }, (_, index) => client(index % 4 === 0 ? 'POST' : 'GET'))
  await work
  phase = 'over'
  await Promise.all(clients)
  return seen
}

test('a balancer with 15 ms of processor time in 100: no server lost for it, no error of its own making', async () => {
  await using lb = await startStarvable()
  await docker('update', '--cpus', CPUS, lb.balancer)
  expect(await docker('exec', lb.balancer, 'node', '-e', QUOTA)).toBe('15000')
  const before = await lb.states()
  await send(lb.port, { path: '/late' })
  const seen = await answersDuring(lb.port, delay(STARVED_MS))
  const late = Number((await send(lb.port, { path: '/late' })).body)
  const lost = (await lb.states()).slice(before.length).filter(state => state === 'down')
  expect(seen).toEqual(new Set(['200 by a server']))
  if (late < LATE_MS) expect(lost).toEqual([])
  const posts = (await docker('logs', lb.servers)).split('\n').filter(line => line.startsWith('/POST/'))
  expect(posts.length).toBeGreaterThan(0)
  expect(new Set(posts).size).toBe(posts.length) // none was sent twice
})

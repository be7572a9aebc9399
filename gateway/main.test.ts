import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { RawClient } from './testing/raw-client.ts'
import { closedPort, startHttp } from './testing/servers.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

function run(env: Record<string, string>, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env['PATH'], ...env } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

async function exitOf(child: ChildProcess): Promise<{ code: number; stderr: string }> {
  let stderr = ''
  child.stderr?.on('data', text => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, stderr }
}

/** Starts a gateway before one app and waits for its log to say that it serves. */
async function startProcess(appPort: number, drainMs: number) {
  const port = await closedPort()
  const apps = `app-a=zone-a@127.0.0.1:${appPort}`
  const env = {
    NAME: 'gateway-a',
    ZONE: 'zone-a',
    APPS: apps,
    PORT: String(port),
    ADMIN_PORT: '0',
    DRAIN_MS: String(drainMs),
  }
  const child = run(env)
  const events: string[] = []
  const waiting = new Map<string, () => void>()
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => {
    const { event } = JSON.parse(line) as { event: string }
    events.push(event)
    waiting.get(event)?.()
  })
  const logged = (event: string) =>
    new Promise<void>(resolve => (events.includes(event) ? resolve() : waiting.set(event, resolve)))
  await logged('serving')
  return { child, port, env, events, logged }
}

test('a bad environment is one line and exit 2', async () => {
  const { code, stderr } = await exitOf(run({ NAME: 'gateway-a', ZONE: 'zone-a', APPS: 'nonsense' }))
  expect(code).toBe(2)
  expect(stderr).toBe('gateway: bad environment: APPS: "nonsense" is not name=zone@host:port\n')
})

test('a bad routes file is its file, line and fault, and exit 2', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-gateway-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'routes.yml')
  await writeFile(file, 'upstreams: { apps: {} }\nroutes:\n  - { name: all, path: /, upstream: aps }\n')
  const { code, stderr } = await exitOf(run({ NAME: 'g', ZONE: 'z', APPS: 'a=z@b:1', ROUTES_FILE: file }))
  expect(code).toBe(2)
  expect(stderr).toBe(`${file}:3: routes.0.upstream: there is no upstream "aps"\n`)
})

test('a port that is taken is said and exit 1', async () => {
  const taken = await startHttp((_req, res) => res.end())
  const child = run({
    NAME: 'g',
    ZONE: 'z',
    APPS: 'a=z@127.0.0.1:1',
    PORT: String(taken.port),
    ADMIN_PORT: '0',
  })
  const logged = once(child.stdout as NodeJS.ReadableStream, 'data')
  expect((await exitOf(child)).code).toBe(1)
  expect(String((await logged)[0])).toContain('"event":"cannot-listen"')
})

test('healthcheck: 0 when ready, 1 when draining and when nobody is there', async () => {
  const app = await startHttp((_req, res) => res.end())
  const gateway = await startProcess(app.port, 5_000)
  expect((await exitOf(run(gateway.env, 'healthcheck'))).code).toBe(0)
  gateway.child.kill('SIGTERM')
  await gateway.logged('draining')
  expect((await exitOf(run(gateway.env, 'healthcheck'))).code).toBe(1)
  gateway.child.kill('SIGKILL')
  await once(gateway.child, 'close')
  expect((await exitOf(run(gateway.env, 'healthcheck'))).code).toBe(1)
})

test('SIGTERM: unready at once, serving on, connections closed with their answers, in-flight finished, exit 0', async () => {
  let finishSlow: (() => void) | undefined
  const app = await startHttp((req, res) => {
    if (req.url === '/slow') finishSlow = () => res.end('slow done')
    else res.end('ok')
  })
  const gateway = await startProcess(app.port, 1_000)
  const [kept, idle, slow] = await Promise.all([1, 2, 3].map(() => RawClient.connect(gateway.port)))
  if (!kept || !idle || !slow) throw new Error('three clients were asked for')
  for (const client of [kept, idle])
    await client.send('GET / HTTP/1.1\r\nhost: x\r\n\r\n').until('\r\n\r\nok')
  slow.send('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n')
  await expect.poll(() => finishSlow).toBeDefined()

  const exited = exitOf(gateway.child)
  gateway.child.kill('SIGTERM')
  await gateway.logged('draining')
  const ready = await fetch(`http://127.0.0.1:${gateway.port}/readyz`)
  expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close'])
  // A kept connection is served once more, and told to go.
  kept.received = ''
  expect(await kept.send('GET / HTTP/1.1\r\nhost: x\r\n\r\n').untilClosed()).toMatch(
    /^HTTP\/1\.1 200 .*connection: close\r\n.*ok$/is,
  )
  await idle.untilClosed()
  await vi.waitFor(() =>
    expect(RawClient.connect(gateway.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' }),
  )
  finishSlow?.()
  expect(await slow.untilClosed()).toContain('slow done')
  expect((await exited).code).toBe(0)
  expect(gateway.events).toEqual(['listening', 'serving', 'draining', 'stopped'])
})

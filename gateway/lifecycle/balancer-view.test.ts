import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { closedPort, startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** The reference system's balancer, lb/lb.yml, as far as it matters here. */
const BALANCER = { interMs: 200, timeoutMs: 150, fall: 2, keepaliveMs: 30_000 }

test('an idle connection is closed by the balancer first: closed from here, a request may be on its way', async () => {
  const app = await startHttp((_req, res) => res.end())
  const { server } = await startGateway([appAt(app.port)])
  expect(server.keepAliveTimeout).toBeGreaterThan(2 * BALANCER.keepaliveMs)
})

test('SIGTERM with the usual drain: a balancer that has yet to see it loses no request', async () => {
  const app = await startHttp((req, res) => {
    req.resume()
    res.end('ok')
  })
  const port = await closedPort()
  const env = { NAME: 'g', ZONE: 'z', PORT: String(port), ADMIN_PORT: '0', APPS: `a=z@127.0.0.1:${app.port}` }
  const child = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'], ...env } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await expect.poll(() => isReady(port, 2_000), { timeout: 10_000 }).toBe(true)

  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  let [sent, good, rotation]: [number, number, 'in' | 'out'] = [0, 0, 'in']
  const checks = (async () => {
    for (let failed = 0; failed < BALANCER.fall; ) {
      const dueMs = performance.now() + BALANCER.interMs
      failed = (await isReady(port, BALANCER.timeoutMs)) ? 0 : failed + 1
      await new Promise(resolve => setTimeout(resolve, dueMs - performance.now()))
    }
    rotation = 'out'
  })()
  const clients = Array.from({ length: 8 }, async () => {
    while (rotation === 'in') {
      sent += 1
      if ((await statusOf({ port, agent, method: 'POST' })) === 200) good += 1
    }
  })
  await expect.poll(() => good).toBeGreaterThan(50)
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await Promise.all([checks, ...clients])
  agent.destroy()
  expect(sent - good).toBe(0)
  expect(await exited).toEqual([0, null])
}, 20_000)

async function isReady(port: number, timeoutMs: number): Promise<boolean> {
  return (await statusOf({ port, path: '/readyz', agent: false, timeout: timeoutMs })) === 200
}

/** 0: none came. */
function statusOf(options: http.RequestOptions): Promise<number> {
  return new Promise(resolve => {
    const req = http.request({ host: '127.0.0.1', ...options }, res => {
      res.resume().once('end', () => resolve(res.statusCode ?? 0))
    })
    req.on('timeout', () => req.destroy())
    req.on('error', () => resolve(0))
    req.end()
  })
}

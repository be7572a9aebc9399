import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

function run(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env['PATH'], ...env } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('a bad environment is one line and exit 2', async () => {
  const child = run({ NAME: 'app-a' })
  let stderr = ''
  child.stderr.on('data', text => {
    stderr += text
  })
  expect((await once(child, 'close'))[0]).toBe(2)
  expect(stderr).toBe('app: bad environment: ZONE is not set\n')
})

test('serves, is healthy, and on SIGTERM finishes what is in flight and exits 0', async () => {
  const env = { NAME: 'app-a', ZONE: 'zone-a', PORT: String(await freePort()), DRAIN_MS: '1000' }
  const child = run(env)
  const events: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', line => events.push((JSON.parse(line) as { event: string }).event))
  await expect.poll(() => events, { timeout: 5_000 }).toContain('listening')
  expect((await once(run(env, 'healthcheck'), 'close'))[0]).toBe(0)

  const slow = http.get({ port: env.PORT, path: '/?latency_ms=1500', agent: false })
  const answered = once(slow, 'response') as Promise<[IncomingMessage]>
  await once(slow, 'finish')
  const exited = once(child, 'close')
  // Sent on another connection, answered after the slow request was taken in.
  await (await fetch(`http://127.0.0.1:${env.PORT}/`)).text()
  child.kill('SIGTERM')
  const [answer] = await answered
  expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close'])
  answer.resume()
  expect((await exited)[0]).toBe(0)
  expect(events).toEqual(['listening', 'draining', 'stopped'])
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startServer } from './testing/test-server.ts'

const MAIN = new URL('main.ts', import.meta.url).pathname

const start = (...words: string[]) =>
  spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })

async function configFile(yaml: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'lb-')), 'lb.yml')
  await writeFile(path, yaml)
  return path
}

test('a bad configuration: the line on standard error, exit 2', async () => {
  const path = await configFile('frontend: { bind: 8080 }\n')
  const lb = start(path)
  const [said, [code]] = await Promise.all([text(lb.stderr), once(lb, 'exit')])
  expect(code).toBe(2)
  expect(said).toContain(`${path}:1: frontend.bind: write host:port`)
})

test('no configuration at all: usage, exit 2', async () => {
  const lb = start()
  const [said, [code]] = await Promise.all([text(lb.stderr), once(lb, 'exit')])
  expect(code).toBe(2)
  expect(said).toContain('usage: lb CONFIG.yml')
})

test('SIGTERM: drains and exits 0, each line of the log a JSON object', async () => {
  await using server = await startServer()
  const path = await configFile(`
frontend: { bind: "127.0.0.1:0" }
backend:
  name: tests
  servers: [{ name: a, zone: z, address: "${server.address}" }]
  check: { path: /readyz, inter: 50ms }
admin: { bind: "127.0.0.1:0" }
`)
  const lb = start(path)
  const events: string[] = []
  const lines = createInterface({ input: lb.stdout })
  lines.on('line', line => events.push(JSON.parse(line).event))
  await expect.poll(() => events, { timeout: 4_000 }).toContain('server-state')
  lb.kill('SIGTERM')
  const [code] = await once(lb, 'exit')
  expect(code).toBe(0)
  expect(events).toEqual(['serving', 'server-state', 'draining', 'stopped'])
})

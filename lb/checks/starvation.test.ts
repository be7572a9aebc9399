import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { send } from '../testing/start-balancer.ts'
import { answers, startServer, type TestServer } from '../testing/test-server.ts'

const MAIN = new URL('../main.ts', import.meta.url).pathname
const LIMIT_MS = 15_000
/** Ends by itself, whatever becomes of the test. */
const BUSY = 'const endMs = Date.now() + 3_000; while (Date.now() < endMs);'

interface Balancer extends AsyncDisposable {
  readonly process: ChildProcess
  readonly port: number
  readonly events: { event: string; state?: string; cause?: string }[]
}

/** The reference system's time limits, in a process that can be starved. `prefix`: what starts it. */
async function startStarvable(servers: readonly TestServer[], prefix: readonly string[]): Promise<Balancer> {
  const path = join(await mkdtemp(join(tmpdir(), 'lb-')), 'lb.yml')
  const lines = servers.map(
    ({ address }, index) => `{ name: s${index}, zone: z${index}, address: "${address}" }`,
  )
  await writeFile(
    path,
    `frontend: { bind: "127.0.0.1:0" }
backend:
  name: tests
  servers: [${lines.join(', ')}]
  check: { path: /readyz, inter: 200ms, fastinter: 50ms, timeout: 150ms, rise: 2, fall: 2 }
admin: { bind: "127.0.0.1:0" }
`,
  )
  const [program = '', ...words] = [...prefix, process.execPath, MAIN, path]
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const events: { event: string; bind?: string; state?: string; cause?: string }[] = []
  createInterface({ input: child.stdout }).on('line', line => events.push(JSON.parse(line)))
  const up = () => events.filter(({ state }) => state === 'up').length
  await expect.poll(up, { timeout: LIMIT_MS }).toBe(servers.length)
  const port = Number(events.find(({ event }) => event === 'serving')?.bind?.split(':')[1])
  return {
    process: child,
    port,
    events,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Requests of four clients, one after the other each, until that is over; every status there was. */
async function statusesDuring(port: number, work: Promise<unknown>): Promise<number[]> {
  const statuses: number[] = []
  let count = 0
  let phase: 'on' | 'over' = 'on'
  const client = async (method: string) => {
    while (phase === 'on') {
      count += 1
      const path = `/${count}`
      statuses.push((await send(port, { method, path }, method === 'POST' ? 'body' : undefined)).status)
    }
  }
  const clients = ['GET', 'GET', 'GET', 'POST'].map(client)
  await work
  phase = 'over'
  await Promise.all(clients)
  return statuses
}

async function expectNoFalseEjection(
  prefix: readonly string[],
  starve: (balancer: Balancer) => Promise<void>,
): Promise<void> {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using balancer = await startStarvable([a, b, c], prefix)
  const statuses = await statusesDuring(balancer.port, starve(balancer))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(balancer.events.filter(({ state }) => state === 'down')).toEqual([])
  const seen = [a, b, c].flatMap(server => server.seen).filter(line => line.startsWith('POST'))
  expect(new Set(seen).size).toBe(seen.length) // none was sent twice
}

test('stopped for longer than every time limit, again and again: no server is lost for it, nothing fails', {
  timeout: 2 * LIMIT_MS,
}, async () => {
  await expectNoFalseEjection([], async ({ process: lb }) => {
    for (let time = 0; time < 4; time += 1) {
      lb.kill('SIGSTOP')
      await delay(350)
      lb.kill('SIGCONT')
      await delay(150)
    }
  })
})

test('beside busy loops on the same processor, and less important than they: likewise', {
  timeout: 2 * LIMIT_MS,
}, async () => {
  await expectNoFalseEjection(['taskset', '-c', '0', 'nice', '-n', '10'], async () => {
    const loops = [1, 2].map(() => spawn('taskset', ['-c', '0', process.execPath, '-e', BUSY]))
    await Promise.all(loops.map(loop => once(loop, 'exit')))
  })
})

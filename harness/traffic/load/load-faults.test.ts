import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { type Collected, collectTraffic } from '../testing/collect-traffic.ts'
import { answers, startMisbehavingServer } from '../testing/misbehaving-server.ts'

vi.setConfig({ testTimeout: 30_000 }) // for a starved machine; all of it is awaited as conditions

const load = { ratePerSecond: 200, connections: 4 }
const FAULTY = 20

/** Faulty for requests 20 to 22, well before and after. */
const faultyInTheMiddle = (misbehave: (typeof answers)[keyof typeof answers]) =>
  startMisbehavingServer((socket, n) =>
    n >= FAULTY && n < FAULTY + 3 ? misbehave(socket) : answers.ok(socket),
  )

test.each([
  ['a FIN before the answer', answers.fin, 'closed'],
  ['a reset before the answer', answers.reset, 'reset'],
  ['a reset in the middle of the body', answers.resetMidBody, 'reset'],
  ['a FIN in the middle of the body', answers.finMidBody, 'closed'],
  ['bytes that are not HTTP', answers.garbage, 'malformed'],
  ['a bad status', answers.unavailable, 'status'],
] as const)(
  '%s: each lost request is counted once, and the latencies after it are right',
  async (_, misbehave, outcome) => {
    await using server = await faultyInTheMiddle(misbehave)
    const traffic = await collectTraffic('load', server.port, { load })
    await traffic.until(samples => samples.length >= 100)
    await traffic.process.stop()
    const bad = traffic.samples.filter(sample => sample.outcome !== 'ok')
    expect(bad.map(sample => sample.outcome)).toEqual([outcome, outcome, outcome])
    expect(medianLatencyUs(traffic.samples.slice(50))).toBeLessThan(20_000)
    expect(server.requests - traffic.samples.length).toBeLessThanOrEqual(load.connections) // those cut off by the end
  },
)

test('a server process that is killed and comes back: what was in flight is lost, no more, no hot loop', async () => {
  const first = await startServerProcess(0, 'answers 40, then holds')
  const traffic = await collectTraffic('load', first.port, { load })
  await first.holds(load.connections)
  first.child.kill('SIGKILL')
  await traffic.until(samples => samples.filter(sample => sample.outcome === 'refused').length >= 12)
  const second = await startServerProcess(first.port, 'answers all')
  await traffic.until(samples => samples.slice(-20).every(sample => sample.outcome === 'ok'))
  await traffic.process.stop()
  second.child.kill('SIGKILL')
  const inFlight = traffic.samples.filter(({ outcome }) => outcome === 'closed' || outcome === 'reset')
  expect(inFlight.length).toBe(load.connections)
  const refused = traffic.samples.filter(sample => sample.outcome === 'refused')
  expect(inFlight.length + refused.length).toBe(
    traffic.samples.filter(({ outcome }) => outcome !== 'ok').length,
  )
  // 4 clients, each backing off from 10 to 500 ms: bare autocannon makes 3,000 attempts a second here.
  const spanUs = (refused.at(-1)?.endedUs ?? 0) - (refused[0]?.endedUs ?? 0)
  expect(refused.length / (spanUs / 1e6)).toBeLessThan(200)
  expect(medianLatencyUs(traffic.samples.slice(-20))).toBeLessThan(20_000)
})

test.each([
  ['closes', answers.fin],
  ['resets', answers.reset],
] as const)('a server that accepts and %s every connection is not hammered', async (_, misbehave) => {
  await using server = await startMisbehavingServer(misbehave)
  const traffic = await collectTraffic('load', server.port, { load })
  await server.atRequest(1)
  const before = server.accepted
  await pause(1000) // the time over which the connections are counted
  // 4 clients: at most 7 times each on the way to the longest back-off, then twice a second each.
  expect(server.accepted - before).toBeLessThan(60)
  await traffic.process.stop()
})

test.each([
  { what: 'closes after each answer', behave: closing },
  { what: 'ends its answers with the connection', behave: endless },
  { what: 'says farewell to nobody in particular', behave: farewell },
] as const)('a server that $what loses nothing', async ({ behave }) => {
  await using server = await startMisbehavingServer(behave)
  const traffic = await collectTraffic('load', server.port, { load })
  await traffic.until(samples => samples.length >= 100)
  await traffic.process.stop()
  expect(new Set(traffic.samples.map(sample => sample.outcome))).toEqual(new Set(['ok']))
})

function closing(socket: Socket): void {
  socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok')
}

function endless(socket: Socket): void {
  socket.end('HTTP/1.1 200 OK\r\n\r\nok')
}

/** As HAProxy and others do before they close a connection on which nothing was asked for a while. */
function farewell(socket: Socket, n: number): void {
  const goodbye = 'HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'
  if (n % 5 === 0) socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${goodbye}`)
  else answers.ok(socket)
}

function medianLatencyUs(samples: readonly Collected[]): number {
  const sorted = samples.map(sample => sample.endedUs - sample.sentUs).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** A server that can be killed. Says its port, and then a line for each request that it holds. */
async function startServerProcess(port: number, behaviour: 'answers all' | 'answers 40, then holds') {
  const most = behaviour === 'answers all' ? Number.MAX_SAFE_INTEGER : 40
  const script = `let n = 0
    const server = require('http').createServer((_, answer) => {
      n += 1
      if (n <= ${most}) answer.end('ok')
      else console.log('held')
    })
    server.listen(${port}, '127.0.0.1', () => console.log(server.address().port))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = child.stdout as Readable
  let lines: string[] = []
  output.on('data', (chunk: Buffer) => {
    lines = [...lines, ...chunk.toString().trim().split('\n')]
  })
  const said = async (count: number) => {
    while (lines.length < count) await once(output, 'data')
  }
  await said(1)
  return { child, port: Number(lines[0]), holds: (count: number) => said(1 + count) }
}

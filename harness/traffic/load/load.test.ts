import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { type Collected, collectTraffic } from '../testing/collect-traffic.ts'
import { answers, startMisbehavingServer } from '../testing/misbehaving-server.ts'

const load = { ratePerSecond: 100, connections: 4 }
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

test('a server process that is killed and comes back: refused requests are counted, without a hot loop', async () => {
  const first = await startServerProcess(0)
  const traffic = await collectTraffic('load', first.port, { load })
  await traffic.until(samples => samples.length >= 20)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  await traffic.until(samples => samples.filter(sample => sample.outcome === 'refused').length >= 12)
  const refused = traffic.samples.filter(sample => sample.outcome === 'refused')
  const second = await startServerProcess(first.port)
  await traffic.until(samples => samples.slice(-20).every(sample => sample.outcome === 'ok'))
  await traffic.process.stop()
  second.child.kill('SIGKILL')
  // 4 clients, each backing off from 10 to 500 ms: bare autocannon makes 3,000 attempts a second here.
  const spanUs = (refused.at(-1)?.endedUs ?? 0) - (refused[0]?.endedUs ?? 0)
  expect(refused.length / (spanUs / 1e6)).toBeLessThan(400)
  expect(medianLatencyUs(traffic.samples.slice(-20))).toBeLessThan(20_000)
})

test('requests arrive evenly within a second, not as a burst at its beginning', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic('load', server.port, { load: { ratePerSecond: 200, connections: 10 } })
  await traffic.until(samples => samples.length >= 400)
  await traffic.process.stop()
  const start = traffic.samples[0]?.sentUs ?? 0
  const perTenth = new Map<number, number>()
  for (const { sentUs } of traffic.samples) {
    const tenth = Math.floor((sentUs - start) / 100_000)
    perTenth.set(tenth, (perTenth.get(tenth) ?? 0) + 1)
  }
  // 20 are due in each 100 ms; bare autocannon sends 200 in the first 100 to 300 ms.
  expect(Math.max(...perTenth.values())).toBeLessThan(50)
})

function medianLatencyUs(samples: readonly Collected[]): number {
  const sorted = samples.map(sample => sample.endedUs - sample.sentUs).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

async function startServerProcess(port: number) {
  const script = `const s = require('http').createServer((_, r) => r.end('ok')).listen(${port}, '127.0.0.1', () => console.log(s.address().port))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout as Readable, 'data')
  return { child, port: Number(String(line)) }
}

import { expect, test, vi } from 'vitest'
import { type Collected, collectTraffic } from '../testing/collect-traffic.ts'
import { answers, startMisbehavingServer } from '../testing/misbehaving-server.ts'

vi.setConfig({ testTimeout: 30_000 }) // for a starved machine; all of it is awaited as conditions

const load = { ratePerSecond: 200, connections: 10 }

test('requests arrive evenly within a second, not as a burst at its beginning', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic('load', server.port, { load })
  await traffic.until(samples => samples.length >= 400)
  await traffic.process.stop()
  // 20 are due in each 100 ms; bare autocannon sends 200 in the first 100 to 300 ms.
  expect(mostPerTenth(traffic.samples)).toBeLessThan(50)
})

test('after an outage they are spread as evenly as before, and nothing is made up for', async () => {
  await using server = await startMisbehavingServer((socket, n) => {
    if (n < 60 || n >= 70) answers.ok(socket)
    else setTimeout(() => answers.ok(socket), 500) // every client waits, and they go on at the same time
  })
  const traffic = await collectTraffic('load', server.port, { load })
  await traffic.until(samples => samples.length >= 350)
  await traffic.process.stop()
  const afterwards = traffic.samples.slice(80) // 70 and those that came next on each connection
  expect(mostPerTenth(afterwards)).toBeLessThan(50)
})

function mostPerTenth(samples: readonly Collected[]): number {
  const start = samples[0]?.sentUs ?? 0
  const perTenth = new Map<number, number>()
  for (const { sentUs } of samples) {
    const tenth = Math.floor((sentUs - start) / 100_000)
    perTenth.set(tenth, (perTenth.get(tenth) ?? 0) + 1)
  }
  return Math.max(...perTenth.values())
}
